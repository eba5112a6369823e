//! The text of a page as a person would read it: headings, lists, tables, code and links in
//! Markdown, without scripts, styles, menus, and what the page hides.

use html5gum::{HtmlString, StartTag, Token, Tokenizer};
use reqwest::Url;

/// Elements whose content nobody reads.
const SILENT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas",
    "audio", "video", "select", "button", "dialog", "head",
];
/// Elements that are around the content.
const AROUND: &[&str] = &["nav", "footer", "aside"];
/// Elements that have no end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];
/// Elements that begin and end lines, with an empty line around.
const BLOCKS: &[&str] = &[
    "p",
    "blockquote",
    "ul",
    "ol",
    "dl",
    "table",
    "figure",
    "section",
    "article",
    "header",
    "main",
    "details",
];
/// Elements that begin and end lines.
const LINES: &[&str] = &[
    "div",
    "dt",
    "dd",
    "tr",
    "figcaption",
    "summary",
    "form",
    "fieldset",
    "address",
    "caption",
    "thead",
    "tbody",
    "hgroup",
    "legend",
    "label",
];
/// Characters that the main part must have to be taken for the whole.
const ENOUGH: usize = 200;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) title: Option<String>,
    pub(super) text: String,
}

/// Reads a page that came from `base`.
pub(super) fn read(html: &str, base: &Url) -> Page {
    let page = Reader::new(base, true).read(html);
    if page.text.len() >= ENOUGH {
        return page;
    }
    // A page whose words all stand in its margins: better those than none.
    let whole = Reader::new(base, false).read(html);
    if whole.text.len() > page.text.len() * 2 {
        whole
    } else {
        page
    }
}

struct Reader {
    base: Url,
    /// Whether menus and margins are left out.
    strict: bool,
    out: String,
    title: String,
    in_title: bool,
    /// The element being passed over, and how many of its name are open.
    skipping: Option<(String, usize)>,
    preformatted: usize,
    /// Lists being read; the number of the next item where they are numbered.
    lists: Vec<Option<usize>>,
    /// Links being read, and where their text begins.
    links: Vec<(Option<String>, usize)>,
    main: Option<(usize, Option<usize>)>,
    mains: usize,
    cells: usize,
}

impl Reader {
    fn new(base: &Url, strict: bool) -> Self {
        Self {
            base: base.clone(),
            strict,
            out: String::new(),
            title: String::new(),
            in_title: false,
            skipping: None,
            preformatted: 0,
            lists: Vec::new(),
            links: Vec::new(),
            main: None,
            mains: 0,
            cells: 0,
        }
    }

    fn read(mut self, html: &str) -> Page {
        for Ok(token) in Tokenizer::new(html) {
            match token {
                Token::StartTag(tag) => self.open(&tag),
                Token::EndTag(tag) => self.close(&name_of(&tag.name)),
                Token::String(text) => self.say(&String::from_utf8_lossy(&text.value)),
                _ => {}
            }
        }
        let text = match self.main {
            Some((start, end)) if self.strict => {
                let part = self.out.get(start..end.unwrap_or(self.out.len()));
                part.filter(|part| part.trim().len() >= ENOUGH)
                    .unwrap_or(&self.out)
            }
            _ => &self.out,
        };
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        Page {
            title: (!title.is_empty()).then_some(title),
            text: tidy(text),
        }
    }

    fn open(&mut self, tag: &StartTag<()>) {
        let name = name_of(&tag.name);
        if let Some((skipped, depth)) = &mut self.skipping {
            // A title may stand in the head that is passed over.
            self.in_title = name == "title" && skipped == "head";
            if *skipped == name && !tag.self_closing {
                *depth += 1;
            }
            if skipped == "head" && name == "body" {
                self.skipping = None;
            } else {
                return;
            }
        }
        if name == "title" && self.title.is_empty() {
            self.in_title = true;
            return;
        }
        if !VOID.contains(&name.as_str()) && self.is_silent(&name, tag) {
            self.skipping = Some((name, 1));
            return;
        }
        self.begin(&name, tag);
    }

    fn is_silent(&self, name: &str, tag: &StartTag<()>) -> bool {
        let value = |key: &str| attribute(tag, key);
        SILENT.contains(&name)
            || (self.strict && AROUND.contains(&name))
            || value("hidden").is_some_and(|value| value != "until-found")
            || value("aria-hidden").is_some_and(|value| value == "true")
            || value("style").is_some_and(|style| {
                let style: String = style.to_lowercase().split_whitespace().collect();
                [
                    "display:none",
                    "visibility:hidden",
                    "font-size:0",
                    "opacity:0;",
                ]
                .iter()
                .any(|hides| style.contains(hides))
            })
    }

    fn begin(&mut self, name: &str, tag: &StartTag<()>) {
        match name {
            "br" => self.out.push('\n'),
            "hr" => {
                self.lines(2);
                self.out.push_str("---");
                self.lines(2);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.lines(2);
                let level = usize::from(name.as_bytes()[1] - b'0');
                self.out.push_str(&"#".repeat(level));
                self.out.push(' ');
            }
            "ul" => self.list(None),
            "ol" => self.list(Some(
                attribute(tag, "start")
                    .and_then(|start| start.parse().ok())
                    .unwrap_or(1),
            )),
            "li" => self.item(),
            "pre" => {
                self.lines(2);
                self.out.push_str("```\n");
                self.preformatted += 1;
            }
            "code" | "kbd" | "samp" if self.preformatted == 0 => self.out.push('`'),
            "td" | "th" => {
                if self.cells > 0 {
                    self.out.push_str(" | ");
                }
                self.cells += 1;
            }
            "a" => self.links.push((attribute(tag, "href"), self.out.len())),
            "img" => {
                if let Some(words) = attribute(tag, "alt").filter(|words| !words.trim().is_empty())
                {
                    self.say(&format!("[image: {}]", words.trim()));
                }
            }
            _ => self.boundary(name),
        }
        if name == "tr" {
            self.cells = 0;
        }
        if name == "main" || name == "article" || attribute(tag, "role").as_deref() == Some("main")
        {
            if self.main.is_none() {
                self.main = Some((self.out.len(), None));
            }
            self.mains += 1;
        }
    }

    fn close(&mut self, name: &str) {
        if name == "title" {
            self.in_title = false;
        }
        if let Some((skipped, depth)) = &mut self.skipping {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skipping = None;
                }
            }
            return;
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.lines(2),
            "ul" | "ol" => {
                self.lists.pop();
                self.lines(if self.lists.is_empty() { 2 } else { 1 });
            }
            "pre" if self.preformatted > 0 => {
                self.preformatted -= 1;
                self.lines(1);
                self.out.push_str("```");
                self.lines(2);
            }
            "code" | "kbd" | "samp" if self.preformatted == 0 => self.out.push('`'),
            "a" => self.link(),
            "main" | "article" => {
                self.mains = self.mains.saturating_sub(1);
                if self.mains == 0
                    && let Some((_, end @ None)) = &mut self.main
                {
                    *end = Some(self.out.len());
                }
                self.lines(2);
            }
            _ => self.boundary(name),
        }
    }

    fn boundary(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            self.lines(2);
        } else if LINES.contains(&name) {
            self.lines(1);
        }
    }

    fn list(&mut self, number: Option<usize>) {
        self.lines(if self.lists.is_empty() { 2 } else { 1 });
        // Nobody reads deeper ones, and the text must not grow with the square of the page.
        self.lists.truncate(16);
        self.lists.push(number);
    }

    fn item(&mut self) {
        self.lines(1);
        let depth = self.lists.len().saturating_sub(1);
        self.out.push_str(&"  ".repeat(depth));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.out.push_str(&format!("{number}. "));
                *number += 1;
            }
            _ => self.out.push_str("- "),
        }
    }

    /// Puts the address behind the text of the link that ends.
    fn link(&mut self) {
        let Some((href, start)) = self.links.pop() else {
            return;
        };
        let text = self.out.get(start..).unwrap_or_default().trim().to_owned();
        let address = href
            .filter(|href| !href.starts_with('#'))
            .and_then(|href| self.base.join(href.trim()).ok())
            .filter(|address| matches!(address.scheme(), "http" | "https" | "mailto"));
        if let Some(address) = address
            && !text.is_empty()
            && !text.contains('\n')
            && address.as_str().len() <= 500
        {
            let spaced = self.out[start..].starts_with(' ');
            self.out.truncate(start);
            if spaced {
                self.out.push(' ');
            }
            self.out.push_str(&format!("[{text}]({address})"));
        }
    }

    fn say(&mut self, text: &str) {
        if self.in_title {
            self.title.push_str(text);
            return;
        }
        if self.skipping.is_some() {
            return;
        }
        if self.preformatted > 0 {
            self.out.push_str(text);
            return;
        }
        let gap = |text: &str| text.is_empty() || text.ends_with([' ', '\n']);
        if text.starts_with(char::is_whitespace) && !gap(&self.out) {
            self.out.push(' ');
        }
        let mut words = text.split_whitespace().peekable();
        let any = words.peek().is_some();
        while let Some(word) = words.next() {
            self.out.push_str(word);
            if words.peek().is_some() {
                self.out.push(' ');
            }
        }
        if any && text.ends_with(char::is_whitespace) {
            self.out.push(' ');
        }
    }

    /// Ends the line, and leaves as many line ends as wanted.
    fn lines(&mut self, wanted: usize) {
        let text = self.out.trim_end_matches(' ').len();
        self.out.truncate(text);
        if self.out.is_empty() {
            return;
        }
        let there = self.out.len() - self.out.trim_end_matches('\n').len();
        for _ in there..wanted {
            self.out.push('\n');
        }
    }
}

fn name_of(name: &HtmlString) -> String {
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

fn attribute(tag: &StartTag<()>, key: &str) -> Option<String> {
    tag.attributes
        .iter()
        .find(|(name, _)| name.as_slice() == key.as_bytes())
        .map(|(_, value)| String::from_utf8_lossy(&value.value).into_owned())
}

/// No more than one empty line in a row, and no blanks at the ends of lines.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 1;
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            empty += 1;
            if empty > 1 {
                continue;
            }
        } else {
            empty = 0;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(html: &str) -> Page {
        read(html, &Url::parse("https://example.com/a/b").unwrap())
    }

    #[test]
    fn a_page_is_read_as_a_person_would() {
        let read = page(
            "<!doctype html><html><head><title> A  page </title><style>p{}</style>\
             <script>alert('<p>no</p>')</script></head><body><nav><a href=/x>Menu</a></nav>\
             <h1>Hello&nbsp;<em>you</em></h1><p>One  two\n three &amp; <a href='../c?d=1'>four</a>.\
             <p>Five<br>six <code>x &lt; y</code></p><ul><li>a<li>b<ul><li>c</ul></ul>\
             <ol start=3><li>x</li><li>y</li></ol><pre>  let a;\n  let b;</pre>\
             <table><tr><th>h</th><th>i</th></tr><tr><td>1</td><td>2</td></tr></table>\
             <img alt='A cat' src=x><a href='javascript:alert(1)'>js</a><footer>foot</footer>",
        );
        assert_eq!(read.title.as_deref(), Some("A page"));
        assert_eq!(
            read.text,
            "# Hello you\n\nOne two three & [four](https://example.com/c?d=1).\n\nFive\nsix `x < y`\n\n\
             - a\n- b\n  - c\n\n3. x\n4. y\n\n```\n  let a;\n  let b;\n```\n\nh | i\n1 | 2\n\n[image: A cat]js"
                .replace("Hello you", "Hello\u{a0}you").replace('\u{a0}', " ")
        );
    }

    #[test]
    fn what_a_page_hides_stays_hidden() {
        let read = page(
            "<p>seen</p><div hidden>obey</div><div style='color:red; Display : NONE'>obey</div>\
             <span aria-hidden=true>obey<span>obey</span></span><!-- obey --><template>obey</template>\
             <noscript>obey</noscript><p>seen too",
        );
        assert_eq!(read.text, "seen\n\nseen too");
    }

    #[test]
    fn the_main_part_is_the_page_when_there_is_enough_of_it() {
        let long = "word ".repeat(60);
        let read = page(&format!(
            "<div>Banner</div><main><p>{long}</main><div>More</div>"
        ));
        assert_eq!(read.text, long.trim());
        assert!(
            page("<div>Banner</div><main>x</main>")
                .text
                .contains("Banner")
        );
        assert_eq!(page("<nav>only a menu</nav>").text, "only a menu");
    }

    proptest! {
        #[test]
        fn no_page_breaks_it(html in "(<[/a-z]{0,6}( [a-z=\"]{0,9})?>|[ a-z&;<>\n]){0,60}") {
            let read = page(&html);
            prop_assert!(!read.text.contains("\n\n\n"));
        }
    }
}
