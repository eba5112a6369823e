/** A button that leads somewhere; its address is checked like a link's. */
import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

type Anchor = ButtonProps & Omit<ComponentProps<'a'>, keyof ButtonProps>;

export const LinkButton = createLink((props: Anchor) => <Button component="a" {...props} />);
