using System.Text;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>Writes HTML in which every text is encoded; only tags written in this program are taken as they are.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder html = new(16_384);

    /// <summary>Markup of our own, as it stands.</summary>
    public HtmlText Raw(string markup)
    {
        html.Append(markup);
        return this;
    }

    /// <summary>A text, encoded.</summary>
    public HtmlText Text(string text)
    {
        html.Append(Printable.Html(text));
        return this;
    }

    /// <summary>
    /// A text from outside in an element of its own that finds its own direction, so that an Arabic name does not turn the line
    /// around it. Nothing at all for an empty text.
    /// </summary>
    public HtmlText Line(string tag, string text, string cssClass = "")
    {
        if (text.Length == 0) return this;
        html.Append('<').Append(tag);
        if (cssClass.Length > 0) html.Append(" class=\"").Append(cssClass).Append('"');
        html.Append(" dir=\"auto\">").Append(Printable.Html(text)).Append("</").Append(tag).Append('>');
        return this;
    }

    /// <summary>One entry of a list of facts; nothing when the value is empty.</summary>
    public HtmlText Fact(string label, string value)
    {
        if (value.Length == 0) return this;
        html.Append("<div><dt>").Append(Printable.Html(label)).Append("</dt><dd dir=\"auto\">").Append(Printable.Html(value)).Append("</dd></div>");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => html.ToString();
}
