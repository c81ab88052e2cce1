/** The second wall behind the Markdown renderer: only these tags, attributes, classes and schemes leave, whatever came in. */
import sanitizeHtml from "sanitize-html";

const options: sanitizeHtml.IOptions = {
  allowedTags: [
    ...["p", "br", "hr", "strong", "em", "s", "a", "code", "pre", "blockquote", "ul", "ol", "li", "span", "div"],
    ...["table", "thead", "tbody", "tr", "th", "td"],
  ],
  allowedAttributes: {
    a: ["href", "rel", "target"],
    ol: ["start"],
    pre: ["tabindex"],
    div: ["tabindex"],
  },
  allowedClasses: {
    code: ["hljs", /^language-[\w+#-]+$/],
    span: ["mention", /^language-[a-z]+$/, /^hljs-[\w-]+$/, /^[a-z]+_{1,2}$/],
    div: ["table"],
    th: ["align-center", "align-right"],
    td: ["align-center", "align-right"],
  },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  transformTags: {
    a: (tagName, attribs) => ({
      tagName,
      attribs: { href: attribs.href ?? "", rel: "noopener nofollow ugc", target: "_blank" },
    }),
  },
};

export function sanitize(html: string): string {
  return sanitizeHtml(html, options);
}
