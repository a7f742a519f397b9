using System.Xml.Linq;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>A rule a document breaks.</summary>
/// <param name="Rule">The rule's id in EN 16931 or Peppol, such as <c>BR-S-02</c>; <c>FINAL</c> is our own.</param>
/// <param name="Field">Where, in our words: <c>seller.vat-number</c>, <c>lines[3].price</c>.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record RuleFinding(string Rule, string Field, string Reason, string Remedy);

/// <summary>
/// The rules of EN 16931 (and, where the profile says so, of Peppol BIS Billing 3) that a document has to keep before it is handed
/// out: all that release 1.3.16 of the published rules calls fatal and that say something. Stated from the standard's own
/// descriptions and written anew. The order of the elements is the schema's and not checked here: our writer keeps it.
/// </summary>
public static class En16931
{
    private static readonly Rule[] Core =
    [
        .. PresenceRules.All, .. LineRules.All, .. PartyRulesOfUbl.All, .. SumRules.All, .. CategoryRules.All, .. CodeRules.All,
        .. SyntaxRules.All, .. ForeignRules.All,
    ];

    /// <summary>The ids of the rules of EN 16931 that are checked; Peppol's are not among them.</summary>
    public static IReadOnlyCollection<string> Ids { get; } = Core.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>The ids of the rules that Peppol adds and that are checked where the profile says so.</summary>
    public static IReadOnlyCollection<string> PeppolIds { get; } = PeppolRules.All.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Checks a document as it would be written. Empty when it may be handed out.</summary>
    public static IReadOnlyList<RuleFinding> Check(InvoiceDocument document, UblProfile profile)
    {
        if (document.Mark != DocumentMark.None)
            return [new RuleFinding("FINAL", "status", $"The document is {Words.Of(document.Mark)}.",
                "Only a final document is handed to a machine; print the HTML.")];
        return Check(UblInvoice.Write(document, profile), profile);
    }

    /// <summary>Checks a UBL document, ours or anybody's.</summary>
    public static IReadOnlyList<RuleFinding> Check(XDocument document, UblProfile profile)
    {
        if (document.Root is not { } root || (root.Name != UblNames.Invoice + "Invoice" && root.Name != UblNames.CreditNote + "CreditNote"))
            return [new RuleFinding("UBL", "document", "The document is neither an Invoice nor a CreditNote of UBL 2.", "Hand in UBL 2.1.")];
        var view = new UblView(root);
        return [.. (profile.IsPeppol ? Core.Concat(PeppolRules.All) : Core).SelectMany(rule => rule.Findings(view))];
    }
}

/// <summary>One rule, and where a document breaks it.</summary>
/// <param name="Id">The standard's id.</param>
/// <param name="Reason">What is wrong when it is broken.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Broken">The fields that break it; none when it holds.</param>
internal sealed record Rule(string Id, string Reason, string Remedy, Func<UblView, IEnumerable<string>> Broken)
{
    /// <summary>A rule about the document as a whole.</summary>
    public static Rule One(string id, string field, string reason, string remedy, Func<UblView, bool> holds) =>
        new(id, reason, remedy, view => holds(view) ? [] : [field]);

    /// <summary>A rule about every element of a kind, wherever it stands.</summary>
    public static Rule Each(
        string id, string field, string reason, string remedy, Func<UblView, IEnumerable<XElement>> which, Func<XElement, bool> holds) =>
        new(id, reason, remedy, view => which(view).All(holds) ? [] : [field]);

    /// <summary>A rule about every line.</summary>
    public static Rule Line(string id, string field, string reason, string remedy, Func<XElement, bool> holds) =>
        new(id, reason, remedy, view => view.Lines.Where(line => !holds(line)).Select(line => $"lines[{UblView.Text(line, "cbc:ID")}].{field}"));

    /// <summary>A rule about every discount or surcharge on the document.</summary>
    public static Rule Adjustment(string id, bool charge, string field, string reason, string remedy, Func<XElement, bool> holds) =>
        new(id, reason, remedy, view => view.Adjustments.Where(item => UblView.IsCharge(item) == charge && !holds(item))
            .Select((_, place) => $"adjustments[{(place + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}].{field}"));

    public IEnumerable<RuleFinding> Findings(UblView view) => Broken(view).Select(field => new RuleFinding(Id, field, Reason, Remedy));
}
