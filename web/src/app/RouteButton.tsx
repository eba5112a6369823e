/** A button to an address that the gateway names; `otherwise` stands in its place where this page has none such. */
import { Button, type ButtonProps } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

export interface RouteButtonProps extends ButtonProps {
  /** A path with its search: `/settings?key=gateway.host`. */
  route: string;
  otherwise?: ReactNode;
  /** Its name, where the words on it say too little by themselves. */
  label?: string;
  children: ReactNode;
}

export function RouteButton({ route, otherwise = null, label, children, ...looks }: RouteButtonProps) {
  const router = useRouter();
  const path = route.split(/[?#]/)[0] ?? '';
  if (!Object.hasOwn(router.routesByPath, path)) return otherwise;
  const follow = (event: MouseEvent) => {
    // Another tab, another window: the browser's business.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.history.push(route);
  };
  return (
    <Button
      component="a"
      href={route}
      aria-label={label}
      rightSection={<IconArrowRight size={15} stroke={1.8} aria-hidden />}
      onClick={follow}
      {...looks}
    >
      {children}
    </Button>
  );
}
