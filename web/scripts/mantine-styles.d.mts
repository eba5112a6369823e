import type { Plugin } from 'vite';

export type StyleIndex = (from: string, name: string) => string[];
export declare const valueNames: (braces: string) => string[];
export declare function styleIndex(root?: string): StyleIndex;
export declare function stylesFor(code: string, index: StyleIndex): string[];
export declare function mantineStyles(): Plugin;
