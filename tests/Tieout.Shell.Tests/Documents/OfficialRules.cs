using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Tieout.Shell.Tests.Api;

namespace Tieout.Shell.Tests.Documents;

/// <summary>
/// The published rules of EN 16931, which are not ours to ship: they are looked for in <c>../shared</c> beside the checkout, and
/// judged by Saxon where a Java and Saxon are installed (on Debian: <c>apt-get install libsaxonhe-java</c>).
/// </summary>
internal static class OfficialRules
{
    private const string Cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

    private static readonly string[] Saxons = ["/usr/share/java/Saxon-HE.jar", "/usr/share/java/saxon-he.jar"];

    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    /// <summary>All rules; null where they do not lie beside the checkout.</summary>
    public static IReadOnlyList<Rule>? Read()
    {
        var file = Path.GetFullPath(Path.Combine(ApiTests.Repository(), "../shared/contracts/specs/einvoice/en16931-ubl-rules.json"));
        return File.Exists(file) ? JsonSerializer.Deserialize<Published>(File.ReadAllText(file), Names)!.Rules : null;
    }

    /// <summary>Saxon's program; null where there is none.</summary>
    public static string? Saxon() => File.Exists("/usr/bin/java") ? Saxons.FirstOrDefault(File.Exists) : null;

    /// <summary>Stands before a rule whose expression could not be worked out, such as that of a name where there are two.</summary>
    public const string Unanswered = "?";

    /// <summary>The fatal rules each document breaks, in one run for all.</summary>
    public static async Task<IReadOnlyList<IReadOnlySet<string>>> Judge(IReadOnlyList<Rule> rules, string saxon, IReadOnlyList<XDocument> documents)
    {
        var folder = Directory.CreateTempSubdirectory("tieout-en16931-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "rules.xsl"), Stylesheet(rules));
            foreach (var (number, document) in documents.Index()) document.Save(Path.Combine(folder.FullName, FormattableString.Invariant($"{number}.xml")));
            var start = new ProcessStartInfo(
                "/usr/bin/java", ["-cp", saxon, "net.sf.saxon.Transform", "-xsl:rules.xsl", "-it:main", FormattableString.Invariant($"last={documents.Count - 1}")])
            {
                WorkingDirectory = folder.FullName,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var java = Process.Start(start)!;
            var errors = java.StandardError.ReadToEndAsync();
            var output = await java.StandardOutput.ReadToEndAsync();
            await java.WaitForExitAsync();
            java.ExitCode.ShouldBe(0, await errors);
            var findings = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .ToLookup(words => int.Parse(words[0], CultureInfo.InvariantCulture), words => words[1]);
            return [.. documents.Select((_, number) => findings[number].ToHashSet(StringComparer.Ordinal))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // As Schematron has it: the rules come in three patterns, and in each of them an element is judged by the first context it fits.
    private static string Stylesheet(IReadOnlyList<Rule> rules)
    {
        var text = new StringBuilder(
            $"""
            <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:xs="http://www.w3.org/2001/XMLSchema"
              xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cn="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
              xmlns:cac="{Cbc.Replace("Basic", "Aggregate", StringComparison.Ordinal)}" xmlns:cbc="{Cbc}">
            <xsl:output method="text"/>
            <xsl:param name="last"/>
            <xsl:template name="main"><xsl:for-each select="0 to xs:integer($last)">
            <xsl:variable name="all" select="doc(concat(., '.xml'))//*"/>
            {string.Concat(Patterns.Select(Apply))}
            </xsl:for-each></xsl:template>

            """);
        foreach (var pattern in Patterns)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"<xsl:template match='*' mode='{pattern}' priority='0'/>");
            foreach (var (place, group) in rules.Where(rule => rule.Test is not null && PatternOf(rule.Id) == pattern).GroupBy(rule => rule.Context).Index())
            {
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"<xsl:template match=\"{Escaped(group.Key)}\" mode='{pattern}' priority='{1000 - place}'><xsl:param name='number'/>");
                foreach (var rule in group)
                    text.AppendLine(CultureInfo.InvariantCulture,
                        $"<xsl:try><xsl:if test=\"not({Escaped(rule.Test!)})\">{Say(rule.Id)}</xsl:if>"
                        + $"<xsl:catch>{Say(Unanswered + rule.Id)}</xsl:catch></xsl:try>");
                text.AppendLine("</xsl:template>");
            }
        }
        return text.Append("</xsl:stylesheet>").ToString();
    }

    private static string Apply(string pattern) =>
        $"<xsl:apply-templates select='$all' mode='{pattern}'><xsl:with-param name='number' select='.'/></xsl:apply-templates>";

    private static string Say(string word) => $"<xsl:value-of select=\"concat($number, ' {word}&#10;')\"/>";

    private static readonly string[] Patterns = ["model", "syntax", "codes"];

    // BR-CL-08 is the one rule about codes that its authors keep among the others.
    private static string PatternOf(string id) => id.StartsWith("UBL", StringComparison.Ordinal) ? "syntax"
        : id.StartsWith("BR-CL", StringComparison.Ordinal) && id != "BR-CL-08" ? "codes" : "model";

    private static string Escaped(string expression) => new XText(expression).ToString().Replace("\"", "&quot;", StringComparison.Ordinal);

    /// <summary>A rule as published.</summary>
    /// <param name="Test">Its expression; only fatal rules have one.</param>
    internal sealed record Rule(string Id, string Flag, string Context, string Text, string? Test = null);

    private sealed record Published(IReadOnlyList<Rule> Rules);
}
