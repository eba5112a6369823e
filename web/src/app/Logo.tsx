/** The mark: two pincers that make a gate, and the light behind it. */
export const Logo = ({ size = 26 }: { size?: number }) => (
  <img src="/favicon.svg" width={size} height={size} alt="" className="logo" />
);
