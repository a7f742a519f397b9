using System.Text;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Sap;

/// <summary>What confirmations come to, line by line; and under which reference a document leaves.</summary>
public sealed class ToldVerdictTests
{
    private static readonly SapSettings Settings = SapSettings.Of(new TargetSettings(
        "sap", "sap-s4hana", new Uri("http://127.0.0.1/"), "u", "p", "1010", new Dictionary<string, string>(StringComparer.Ordinal),
        new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal) { ["delivery"] = "asynchronous" },
        null, null, TimeSpan.FromSeconds(5), "v"));

    [Theory]
    [InlineData("", "Waiting")]
    [InlineData("on-its-way", "Waiting")]
    [InlineData("booked:1", "Booked")]
    [InlineData("booked:1 booked:1", "Booked")]
    [InlineData("on-its-way booked:1", "Booked")]
    [InlineData("booked:1 booked:2", "Contradicting")]
    [InlineData("refused", "Refused")]
    [InlineData("refused refused", "Refused")]
    [InlineData("refused booked:1", "Contradicting")]
    [InlineData("booked:1 refused", "Contradicting")]
    [InlineData("unclear", "Contradicting")]
    [InlineData("unclear:1", "Contradicting")]
    [InlineData("duplicate", "Waiting")]
    [InlineData("duplicate booked:1", "Booked")]
    [InlineData("booked:1 duplicate", "Booked")]
    [InlineData("duplicate refused", "Refused")]
    public void Confirmations_come_to_a_verdict(string told, string verdict)
    {
        var confirmations = told.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Told).ToList();

        Assert.Equal(verdict, ToldVerdict.Of(confirmations, Settings).GetType().Name);
    }

    [Fact]
    public void A_reference_is_the_same_for_the_same_content_and_another_after_each_refusal()
    {
        byte[] content = [.. "what it says"u8], other = [.. "something else"u8];

        var references = new[] { (content, 0), (content, 1), (content, 2), (other, 0) }.Select(one => QueuedReference.Of("US-2026-00000001", one.Item1, one.Item2)).ToList();

        Assert.Equal(4, references.Distinct(StringComparer.Ordinal).Count());
        Assert.All(references, reference => Assert.Equal(35, reference.Length));
        Assert.Equal(references[0], QueuedReference.Of("US-2026-00000001", [.. "what it says"u8], 0));
    }

    [Theory]
    [InlineData("1800000001", 1, "Booked")]
    [InlineData("1800000001", 2, "Booked")]
    [InlineData("1800000001", 3, "Unclear")]
    [InlineData(" ", 3, "Refused")]
    [InlineData("0000000000", 3, "Refused")]
    [InlineData(" ", 1, "Unclear")]
    public void A_confirmation_is_read_with_the_distrust_that_money_deserves(string number, int severity, string says)
    {
        var message = Encoding.UTF8.GetBytes(Posting.ConfirmingWorld.Message("US-1-0", number, severity));

        var read = Assert.IsType<ConfirmationReading.Told>(SapConfirmations.Read(Settings, message));

        var one = Assert.Single(read.Confirmations);
        Assert.Equal(("US-1-0", says), (one.Reference, one.As.ToString()));
        Assert.Equal(number == "1800000001" ? "1710/1800000001/2026" : null, one.Document?.Number);
    }

    [Theory]
    [InlineData("delivery", "sometimes")]
    [InlineData("confirmation-wait-seconds", "6")]
    [InlineData("confirmation-wait-seconds", "-1")]
    [InlineData("confirmation-grace-seconds", "soon")]
    [InlineData("look-before-send", "false")]
    public void A_setting_that_cannot_be_is_named(string name, string value)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["delivery"] = "asynchronous", [name] = value };

        Assert.Contains(name, Assert.Throws<ArgumentException>(() => SapSettings.Of(Settings.Target with { Options = options })).Message, StringComparison.Ordinal);
    }

    private static Confirmation Told(string told)
    {
        var (word, number) = told.Split(':') is [var one, var two] ? (one, two) : (told, "");
        var document = number.Length > 0 ? new ErpReference(number, number) : null;
        return word == "duplicate"
            ? new Confirmation("r", ConfirmedAs.Refused, null, [new ConfirmationNote("1(X)", 3, "A DUPLICATE message")])
            : new Confirmation("r", Domain.Words.Parse<ConfirmedAs>(word), document, [new ConfirmationNote("2(X)", 3, "text")]);
    }
}
