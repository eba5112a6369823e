/** The browser tab's name: how much waits, the page, the product. */
import { t } from '@/i18n';

let page = '';
let waiting = 0;

const show = () => {
  const count = waiting > 0 ? `(${waiting > 99 ? '99+' : waiting}) ` : '';
  document.title = `${count}${page ? `${page} · ` : ''}${t.product}`;
};

export function setTitle(next: string) {
  page = next;
  show();
}

export function setTitleCount(count: number) {
  waiting = count;
  show();
}
