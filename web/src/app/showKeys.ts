/** Opens the list of keys from anywhere on the page. */

let opener: () => void = () => {};

export const onShowKeys = (open: () => void) => {
  opener = open;
};
export const showKeys = () => opener();
