using System.Globalization;
using System.Xml.Linq;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Tests.Invoicing.Documents;

namespace Tieout.Shell.Tests.Documents;

/// <summary>
/// Our rules beside the published ones, judged by Saxon: they have to come to the same verdict on documents of ours, whole and broken
/// in every way.
/// </summary>
public sealed class OfficialRulesTests
{
    private static readonly string[] Starts = ["full", "credit", "S", "AE", "K", "O", "L"];

    // What we refuse and the published expressions let pass.
    private static readonly (string Reason, string Rules)[] Stricter =
    [
        ("what is there and empty, or no number, is as good as missing",
            "BR-12 BR-13 BR-14 BR-15 BR-23 BR-24 BR-26 BR-31 BR-32 BR-33 BR-36 BR-37 BR-38 BR-41 BR-42 BR-45 BR-46 BR-47 BR-48 BR-49 BR-53 BR-55 BR-61 BR-62 BR-63 "
            + "BR-CO-04 BR-CO-21 BR-CO-22 BR-CO-23 BR-CO-26 UBL-SR-53 "
            + "BR-S-02 BR-S-03 BR-S-04 BR-AE-02 BR-AE-03 BR-AE-04 BR-IC-02 BR-IC-03 BR-IC-04 BR-AF-02 BR-AF-03 BR-AF-04"),
        ("where the whole part is missing, so is what belongs in it", "BR-09 BR-11 BR-CO-10 BR-CO-11 BR-CO-12 BR-CO-15"),
        ("a category of another tax bears nothing, and a base holds to the cent", "BR-S-01 BR-S-08 BR-AE-08 BR-IC-08 BR-O-08 BR-AF-01 BR-AF-08"),
        ("a tax entry without a line is refused", "BR-Z-01 BR-E-01"),
        ("a country alone is no VAT number", "BR-CO-09"),
        ("the published expressions look for the currency inside the amount and so never see one", "BR-DEC-13 BR-DEC-15"),
    ];

    // Where no line is of VAT at all, the published expression asks for a number none the less; the line is refused by BR-CO-04.
    private static readonly (string Rule, string Behind)[] Elsewhere = [("BR-S-02", "BR-CO-04")];

    // Rules of the standard that no code of ours looks at, and why no document of ours breaks them. The tests below hold the reasons.
    private static readonly (string Reason, Func<OfficialRules.Rule, bool> Which)[] Unbroken =
    [
        ("that a reason's code and words say the same is for people to judge; the published expression is always true",
            rule => rule.Id is "BR-CO-05" or "BR-CO-06" or "BR-CO-07" or "BR-CO-08"),
        ("a warning about card numbers: we write no card account, and card numbers are refused at every door", rule => rule.Id == "BR-51"),
        ("a warning about an element or attribute beyond the standard: we write those of UblOrder and no others",
            rule => rule.Flag == "warning" && rule.Id.StartsWith("UBL-CR-", StringComparison.Ordinal)),
        ("a warning about an attribute: we write currencyID, unitCode and an electronic address's schemeID and no others",
            rule => rule.Flag == "warning" && rule.Id.StartsWith("UBL-DT-", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_rule_of_the_standard_is_checked_or_cannot_be_broken_by_us()
    {
        var rules = Published();
        rules.Count.ShouldBeGreaterThan(900);
        rules.Where(rule => !En16931.Ids.Contains(rule.Id) && !Unbroken.Any(reason => reason.Which(rule))).Select(rule => rule.Id).ShouldBeEmpty();
        rules.Where(rule => En16931.Ids.Contains(rule.Id) && Unbroken.Any(reason => reason.Which(rule))).Select(rule => rule.Id).ShouldBeEmpty();
        En16931.Ids.Except(rules.Select(rule => rule.Id), StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void No_warning_is_about_anything_we_write()
    {
        // The warnings have no expressions, but name the element by its path.
        var warned = Published().Where(rule => rule.Flag == "warning").Select(rule => rule.Text.Split(" include the ")[^1]).ToHashSet(StringComparer.Ordinal);
        warned.ShouldContain("Delivery DeliveryLocation Name");
        var written = UblKinds.All.SelectMany(kind => UblInvoice.Write(kind.Document, UblProfile.Peppol).Root!.Descendants())
            .SelectMany(Paths).ToHashSet(StringComparer.Ordinal);
        written.ShouldContain("Delivery DeliveryLocation Address Country IdentificationCode");
        written.Where(warned.Contains).ShouldBeEmpty();
    }

    [Fact]
    public void We_write_three_attributes() =>
        UblKinds.All.SelectMany(kind => UblInvoice.Write(kind.Document, UblProfile.Peppol).Root!.Descendants())
            .SelectMany(element => element.Attributes().Select(attribute =>
                attribute.Name.LocalName == "schemeID" ? $"{element.Name.LocalName} schemeID" : attribute.Name.LocalName))
            .ToHashSet(StringComparer.Ordinal).ShouldBe(["currencyID", "unitCode", "EndpointID schemeID"], ignoreOrder: true);

    [Fact]
    public async Task Documents_of_every_kind_break_no_published_rule()
    {
        var kinds = UblKinds.All.SelectMany(kind => UblProfile.All.Select(profile => (kind.Name, Document: UblInvoice.Write(kind.Document, profile)))).ToList();
        var verdicts = await OfficialRules.Judge(Published(), Saxon(), [.. kinds.Select(kind => kind.Document)]);
        kinds.Zip(verdicts).Where(pair => pair.Second.Count > 0).Select(pair => $"{pair.First.Name}: {string.Join(' ', pair.Second)}").ShouldBeEmpty();
    }

    [Fact]
    public void Our_code_lists_are_the_published_ones()
    {
        foreach (var (rule, change, document) in Lists)
        {
            var codes = CodesOf(Published().Single(published => published.Id == rule));
            var start = BrokenUbl.Start(document);
            codes.Where(code => Breaks(code)).ShouldBeEmpty($"{rule} refuses what is listed");
            Near(codes).Where(code => !Breaks(code)).ShouldBeEmpty($"{rule} takes what is not listed");

            bool Breaks(string code) => En16931
                .Check(BrokenUbl.Changed(new XDocument(start), string.Format(CultureInfo.InvariantCulture, change, code)), UblProfile.En16931)
                .Any(finding => finding.Rule == rule);
        }
    }

    [Fact]
    public async Task Documents_that_break_one_rule_on_purpose_are_judged_alike() =>
        (await Differences([.. BrokenUbl.Rows.Select(row => ($"{row.Rule} | {row.Document} | {row.Changes}", BrokenUbl.Of(row.Document, row.Changes)))]))
            .ShouldBeEmpty();

    [Fact]
    public async Task Documents_with_any_one_value_gone_doubled_or_changed_are_judged_alike() =>
        (await Differences([.. Starts.SelectMany(Changed)])).ShouldBeEmpty();

    // Where a code of a list stands in a document of ours, or could.
    private static readonly (string Rule, string Change, string Document)[] Lists =
    [
        ("BR-CL-01", "InvoiceTypeCode = {0}", "S"), ("BR-CL-03", "PriceAmount@currencyID = {0}", "S"), ("BR-CL-04", "DocumentCurrencyCode = {0}", "S"),
        ("BR-CL-05", "TaxCurrencyCode = {0}", "full"), ("BR-CL-08", "Invoice/Note = #{0}#x", "full"),
        ("BR-CL-11", "PartyLegalEntity/CompanyID@schemeID = {0}", "S"), ("BR-CL-14", "Country/IdentificationCode = {0}", "S"),
        ("BR-CL-16", "PaymentMeansCode = {0}", "S"), ("BR-CL-18", "ClassifiedTaxCategory/ID = {0}", "S"),
        ("BR-CL-13", "Item + <CommodityClassification><ItemClassificationCode listID='{0}'>1</ItemClassificationCode></CommodityClassification>", "S"),
        ("BR-CL-19", "Invoice/AllowanceCharge + <AllowanceChargeReasonCode>{0}</AllowanceChargeReasonCode>", "S"),
        ("BR-CL-20", "Invoice/AllowanceCharge[2] + <AllowanceChargeReasonCode>{0}</AllowanceChargeReasonCode>", "S"),
        ("BR-CL-22", "TaxExemptionReasonCode = {0}", "AE"), ("BR-CL-23", "InvoicedQuantity@unitCode = {0}", "S"), ("BR-CL-25", "EndpointID@schemeID = {0}", "S"),
        ("BR-CL-07", ". + <AdditionalDocumentReference><ID schemeID='{0}'>1</ID><DocumentTypeCode>130</DocumentTypeCode></AdditionalDocumentReference>", "S"),
    ];

    // The longest quoted words of the expression; BR-CL-01 has the invoices' first.
    private static IReadOnlySet<string> CodesOf(OfficialRules.Rule rule) => rule.Test!.Split('\'')
        .First(words => words.Trim().Contains(' ', StringComparison.Ordinal) && words.StartsWith(' '))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    // Codes that differ from a listed one by their last character, and are not listed themselves.
    private static IEnumerable<string> Near(IReadOnlySet<string> codes) => codes
        .SelectMany(code => "059AFKPUZ".Select(last => code[..^1] + last)).Where(code => !codes.Contains(code)).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Paths(XElement element)
    {
        var path = string.Join(' ', element.AncestorsAndSelf().Reverse().Skip(1).Select(part => part.Name.LocalName))
            .Replace("CreditNoteLine", "InvoiceLine", StringComparison.Ordinal);
        yield return path;
        foreach (var attribute in element.Attributes()) yield return $"{path} {attribute.Name.LocalName}";
    }

    private static IReadOnlyList<OfficialRules.Rule> Published()
    {
        var rules = OfficialRules.Read();
        Assert.SkipWhen(rules is null, "The rules of EN 16931 do not lie in ../shared/contracts beside the checkout.");
        return rules!;
    }

    private static string Saxon()
    {
        var saxon = OfficialRules.Saxon();
        Assert.SkipWhen(saxon is null, "No Java with Saxon is installed (on Debian: apt-get install libsaxonhe-java).");
        return saxon!;
    }

    private static async Task<IReadOnlyList<string>> Differences(IReadOnlyList<(string Name, XDocument Document)> documents)
    {
        var verdicts = await OfficialRules.Judge(Published(), Saxon(), [.. documents.Select(document => document.Document)]);
        var stricter = Stricter.SelectMany(reason => reason.Rules.Split(' ')).ToHashSet(StringComparer.Ordinal);
        List<string> found = [];
        foreach (var ((name, document), theirs) in documents.Zip(verdicts))
        {
            var ours = En16931.Check(document, UblProfile.En16931).Select(finding => finding.Rule).ToHashSet(StringComparer.Ordinal);
            var missed = theirs.Where(rule => !rule.StartsWith(OfficialRules.Unanswered, StringComparison.Ordinal) && !ours.Contains(rule)
                && !Elsewhere.Any(slip => slip.Rule == rule && ours.Contains(slip.Behind))).Order().ToList();
            var alone = ours.Where(rule => !theirs.Contains(rule) && !theirs.Contains(OfficialRules.Unanswered + rule) && !stricter.Contains(rule)).Order().ToList();
            if (missed.Count + alone.Count > 0) found.Add($"{name}: missed [{string.Join(' ', missed)}], alone [{string.Join(' ', alone)}]");
        }
        return found;
    }

    // Each element without it and with it twice; each text and attribute as another number, as a word, as nothing.
    private static IEnumerable<(string Name, XDocument Document)> Changed(string start)
    {
        var document = BrokenUbl.Start(start);
        yield return (start, document);
        foreach (var (place, element) in document.Root!.Descendants().Index())
        {
            var path = string.Join('/', element.AncestorsAndSelf().Reverse().Skip(1).Select(part => part.Name.LocalName));
            yield return Copy("without", copy => copy.Remove());
            yield return Copy("twice", copy => copy.AddAfterSelf(new XElement(copy)));
            if (element.HasElements) continue;
            foreach (var text in new[] { "0", "-7.123", "2026-10-05", "Z", "" }) yield return Copy($"as '{text}'", copy => copy.Value = text);
            foreach (var attribute in element.Attributes())
                foreach (var text in new[] { "", "0088", "USD", null })
                    yield return Copy($"@{attribute.Name.LocalName} as '{text ?? "nothing"}'", copy => copy.SetAttributeValue(attribute.Name, text));

            (string, XDocument) Copy(string change, Action<XElement> act)
            {
                var copy = new XDocument(document);
                act(copy.Root!.Descendants().ElementAt(place));
                return ($"{start}: {path} {change}", copy);
            }
        }
    }
}
