using System.Text;
using Tieout.Connectors.Legacy;
using Tieout.Connectors.Legacy.Files;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Shell.Tests.Connectors.Legacy;

/// <summary>The file format byte for byte, and what the connector makes of answers and settings. No stand-in takes part.</summary>
public sealed class LegacyFileFormatTests
{
    private static readonly UTF8Encoding Utf8 = new(false);

    private static readonly FileCodec Csv = new(false, Utf8, "secret");
    private static readonly FileCodec Fixed = new(true, Utf8, "secret");

    [Fact]
    public void A_delimited_file_is_written_as_the_documentation_shows_it()
    {
        var lines = Encoding.UTF8.GetString(Csv.Write(Batch())).Split("\r\n");

        lines[..^2].ShouldBe(
        [
            "H,JE,TIEOUT,HQ,42,20261120,081500",
            "D,INV-000123,INV,,EUR,20261120,20261220,,Invoice,",
            "L,C,120000,119.00,,,K100001,,,20261220,,,,Invoice",
            "L,G,400000,-100.00,V19,,,,,,CC-8,,,\"Plan \"\"Gold\"\", yearly\"",
            "L,T,220000,-19.00,V19,-100.00,,,,,,,,Tax",
            "T,EUR,1,119.00,-119.00",
        ]);
        lines[^2].ShouldStartWith("Z,6,");
        lines[^2].Length.ShouldBe(4 + 64);
        lines[^1].ShouldBeEmpty();
    }

    [Fact]
    public void In_a_file_of_fixed_width_every_record_has_its_length_and_amounts_have_four_decimals_without_a_point()
    {
        var lines = Utf8.GetString(Fixed.Write(Batch())).Split("\r\n");

        foreach (var line in lines[..^1]) line.Length.ShouldBe(1 + FileLayout.Records[line[0]].Sum(field => field.Width));
        lines[2].ShouldStartWith("LC120000          +00000000001190000        ");
        lines[3].ShouldStartWith("LG400000          -00000000001000000V19     ");
        lines[5].ShouldBe("TEUR00000001+00000000001190000-00000000001190000");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_again_with_its_totals(bool fixedWidth)
    {
        var codec = fixedWidth ? Fixed : Csv;

        var documents = BatchFile.Read(codec.Read(codec.Write(Batch())));

        var document = documents.ShouldHaveSingleItem();
        (document.Key, document.Net, document.Tax, document.Owed, document.Due).ShouldBe(("INV-000123", 100m, 19m, 119m, new DateOnly(2026, 12, 20)));
        document.Lines[1].Text.ShouldBe("Plan \"Gold\", yearly");
        document.Lines[1].Dimensions.ShouldBe(["CC-8", "", ""]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_with_any_byte_changed_or_any_end_cut_off_is_not_read(bool fixedWidth)
    {
        var codec = fixedWidth ? Fixed : Csv;
        var file = codec.Write(Batch());
        for (var at = 0; at < file.Length; at += 7)
        {
            byte[] changed = [.. file];
            changed[at] ^= 1;
            Should.Throw<FormatException>(() => codec.Read(changed));
            Should.Throw<FormatException>(() => codec.Read(file[..at]));
        }
    }

    [Theory]
    [InlineData("Grüße an alle, die dies noch lesen können", 40, "Grüße an alle, die dies noch lesen kö")] // 37 letters are 40 bytes
    [InlineData("🚀🚀🚀", 10, "🚀🚀")]
    [InlineData("a\r\nb\u0001", 10, "a b")]
    public void Text_is_cut_between_letters_to_bytes(string text, int bytes, string kept)
    {
        LegacyLimits.Cut(text, bytes, Utf8).ShouldBe(kept);
    }

    [Fact]
    public void An_answer_counts_for_the_file_whose_seal_it_names_and_contradictions_say_nothing()
    {
        var (mine, other) = (new string('a', 64), new string('b', 64));

        AnswerFile.Of([Ack(mine, "1")], Csv, 42, mine)["K"].ShouldBe(new AnswerLine(true, "1", "", ""));
        AnswerFile.Of([Ack(other, "1")], Csv, 42, mine).IsComplete.ShouldBeFalse();
        AnswerFile.Of([Ack(mine, "1"), Ack(mine, "1")], Csv, 42, mine)["K"]!.Number.ShouldBe("1");
        AnswerFile.Of([Ack(mine, "1"), Ack(mine, "2")], Csv, 42, mine)["K"].ShouldBeNull();
        AnswerFile.Of([Ack(mine, "1")], new FileCodec(false, Utf8, "other"), 42, mine).Unreadable.ShouldNotBeNull();
        AnswerFile.Of([Reject("TOTALS", mine), Ack(mine, "1")], Csv, 42, mine).Refused.ShouldBeNull();
    }

    [Fact]
    public void A_duplicate_s_rejection_says_nothing_of_the_first_file_and_everything_of_another()
    {
        var (mine, other) = (new string('a', 64), new string('b', 64));

        var first = AnswerFile.Of([Reject("DUPLICATE", mine)], Csv, 42, mine);
        (first.IsComplete, first.NumberTaken, first.Refused).ShouldBe((false, false, null));
        AnswerFile.Of([Reject("DUPLICATE", other)], Csv, 42, mine).NumberTaken.ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://127.0.0.1/", "format", "csv", "url")]
    [InlineData("file:///srv/erp/", "format", "xml", "format")]
    [InlineData("file:///srv/erp/", "encoding", "ebcdic", "encoding")]
    [InlineData("file:///srv/erp/", "fromat", "csv", "fromat")]
    [InlineData("file:///srv/erp/", "inbox", "outbox", "four folders")]
    [InlineData("file:///srv/erp/", "dimension:region", "4", "dimension:region")]
    [InlineData("file:///srv/erp/", "dimension:colour", "1", "dimension:colour")]
    [InlineData("file:///srv/erp/", "error:X9", "no-such-finding", "error:X9")]
    public void A_setting_that_cannot_be_is_named(string url, string option, string value, string named)
    {
        var target = new TargetSettings(
            "legacy-de", "legacy-files", new Uri(url), "TIEOUT", "secret", "HQ", new Dictionary<string, string>(StringComparer.Ordinal),
            new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal) { [option] = value },
            null, null, TimeSpan.FromSeconds(30), "test");

        Should.Throw<ArgumentException>(() => ErpConnectors.Create(target, TimeProvider.System)).Message.ShouldContain(named);
    }

    private static IReadOnlyList<FileRecord> Batch() => BatchFile.Documents(
        BatchFile.Header(BatchFile.OfDocuments, "TIEOUT", "HQ", 42, new DateTimeOffset(2026, 11, 20, 8, 15, 0, TimeSpan.Zero)),
        [
            new LegacyDocument("INV-000123", LegacyKind.Invoice, Currency.Of("EUR").Code, new DateOnly(2026, 11, 20), "Invoice",
            [
                new(LegacyLine.OfCustomer, "120000", 119m, "Invoice") { Customer = "K100001", Due = new DateOnly(2026, 12, 20) },
                new(LegacyLine.OfLedger, "400000", -100m, "Plan \"Gold\", yearly") { TaxCode = "V19", Dimensions = ["CC-8", "", ""] },
                new(LegacyLine.OfTax, "220000", -19m, "Tax") { TaxCode = "V19", TaxBase = -100m },
            ]) { Due = new DateOnly(2026, 12, 20) },
        ]);

    private static byte[] Ack(string seal, string number) => Csv.Write(
    [
        new FileRecord('H') { ["object"] = "AK" }, new FileRecord('F') { ["sequence"] = "42", ["state"] = "accepted", ["seal"] = seal, ["wait-seconds"] = "0" },
        new FileRecord('A') { ["position"] = "1", ["key"] = "K", ["state"] = "booked", ["number"] = number }, new FileRecord('N') { ["booked"] = "1", ["refused"] = "0" },
    ]);

    private static byte[] Reject(string code, string seal) => Csv.Write(
    [
        new FileRecord('H') { ["object"] = "AK" },
        new FileRecord('F') { ["sequence"] = "42", ["state"] = "refused", ["seal"] = seal, ["code"] = code, ["wait-seconds"] = "0" },
        new FileRecord('N') { ["booked"] = "0", ["refused"] = "0" },
    ]);
}
