using System.Text;
using Tieout.Connectors.Legacy;
using Tieout.Connectors.Legacy.Files;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Legacy;

/// <summary>Numbers, crashes between the register and the outbox, and every way an acknowledgement can go wrong.</summary>
public sealed class LegacyExchangeTests() : LegacyStory("legacy-files")
{
    private FilesSettings Settings => FilesSettings.Of(Erp.Target());

    private DropFolder Folder => new(Settings);

    [Fact]
    public async Task A_file_registered_and_never_handed_over_is_handed_over_by_the_look_up_and_booked_once()
    {
        var invoice = Invoice("T-1");
        Folder.Register(Folder.Next(Last()), Batch(Folder.Next(Last()), invoice)).ShouldBeTrue(); // and here the machine died

        (await LookUp(invoice)).ShouldBeOfType<LookUpOutcome.NoAnswer>();

        await Eventually(async () => await LookUp(invoice) is LookUpOutcome.Found);
        (await Send(invoice)).ShouldBeOfType<DeliveryOutcome.AlreadyPosted>();
        (await Booked("T-1")).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_left_behind_goes_before_the_next_file_so_that_no_number_is_missing()
    {
        var number = Folder.Next(Last());
        Folder.Register(number, Batch(number, Invoice("T-1"))).ShouldBeTrue();

        (await Send(Invoice("T-2"))).ShouldBeOfType<DeliveryOutcome.Accepted>();

        (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
        (await Booked("T-1"), await Booked("T-2")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_file_handed_over_twice_is_refused_by_its_number_and_its_first_answer_stands()
    {
        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        var number = Folder.AtHand()[0];

        File.Copy(number.Path, Path.Combine(Erp.Folder, "outbox", Path.GetFileName(number.Path)));

        await Eventually(() => Task.FromResult(Folder.Answers(number.Sequence).Count == 2));
        (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
        (await Booked("T-1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_register_that_was_lost_goes_on_behind_the_last_number_of_the_ERP_and_books_nothing_again()
    {
        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        Directory.Delete(Path.Combine(Erp.Folder, "register"), recursive: true);

        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.AlreadyPosted>();
        (await Send(Invoice("T-2"))).ShouldBeOfType<DeliveryOutcome.Accepted>();

        (await Booked("T-1"), await Booked("T-2")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Workers_at_once_take_different_numbers_and_every_document_is_booked_once()
    {
        string[] keys = [.. Enumerable.Range(1, 5).Select(number => $"T-{number}")];
        await Task.WhenAll(keys.Select(key => Task.Run(async () =>
        {
            // A number that overtook another is refused as a gap, for certain, and sent again.
            await Eventually(async () => await Send(Invoice(key)) is DeliveryOutcome.Accepted or DeliveryOutcome.AlreadyPosted);
        })));

        foreach (var key in keys) (await Booked(key)).ShouldBe(1);
    }

    [Fact]
    public async Task While_a_file_is_with_the_ERP_its_documents_are_neither_absent_nor_sent_again()
    {
        await Erp.Fault("commit-late", seconds: 3);
        (await Send(Invoice("T-1"), seconds: 0.5)).ShouldBeOfType<DeliveryOutcome.NoAnswer>();

        var awaited = (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.NoAnswer>();
        (awaited.ThisDocument, awaited.Awaited, awaited.RetryAfter).ShouldBe((true, true, TimeSpan.FromSeconds(1)));
        File.SetLastWriteTimeUtc(Folder.AtHand()[0].Path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-20));
        (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.NoAnswer>().RetryAfter.ShouldBe(TimeSpan.FromMinutes(5));
        File.SetLastWriteTimeUtc(Folder.AtHand()[0].Path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-25));
        var late = (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.NoAnswer>();
        (late.ThisDocument, late.Awaited).ShouldBe((true, false));
        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.NotSent>();

        await Eventually(async () => await LookUp(Invoice("T-1")) is LookUpOutcome.Found);
        (await Booked("T-1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_that_comes_after_we_stopped_waiting_is_told_by_the_look_up_and_the_next_delivery_tries_again()
    {
        await Erp.Tell("periods/close", new { month = "2026-11" });
        await Erp.Fault("commit-late", seconds: 1);
        (await Send(Invoice("T-1"), seconds: 0.3)).ShouldBeOfType<DeliveryOutcome.NoAnswer>();

        await Eventually(async () => await LookUp(Invoice("T-1")) is LookUpOutcome.Conflict);

        (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Code.ShouldBe("period-closed");
        await Erp.Tell("periods/open", new { month = "2026-11" });
        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Fact]
    public async Task The_same_acknowledgement_twice_is_one()
    {
        await Erp.Fault("ack-twice");

        var accepted = (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();

        (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.Found>().Document.ShouldBe(accepted.Document);
        await Eventually(() => Task.FromResult(Folder.Answers(Folder.AtHand()[0].Sequence).Count == 2));
    }

    [Fact]
    public async Task An_acknowledgement_ahead_of_the_exports_counts_and_its_key_is_taken()
    {
        await Erp.Fault("ack-before-export", seconds: 600);

        var accepted = (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();

        (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.Found>().Document.ShouldBe(accepted.Document);
        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.AlreadyPosted>();
        (await Send(Invoice("T-1", net: 50m))).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("key-taken");
        (await Booked("T-1")).ShouldBe(1);
    }

    [Fact]
    public async Task One_document_against_the_format_does_not_take_the_others_with_it()
    {
        ErpDocument[] documents = [Invoice("T-1"), Invoice("T-2"), Invoice("T-3")];
        await Erp.Fault("client-fault", count: 2); // the whole file, then its first half

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        outcomes[0].ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("not-valid-for-erp");
        outcomes.Skip(1).ShouldAllBe(outcome => outcome is DeliveryOutcome.Accepted);
    }

    [Theory]
    [InlineData("cut", "TRUNCATED")]
    [InlineData("other-secret", "SEAL")]
    [InlineData("wrong-total", "TOTALS")]
    [InlineData("gap", "GAP")]
    [InlineData("other-name", "FORMAT")]
    [InlineData("other-sender", "FORMAT")]
    [InlineData("long-text", "FORMAT")]
    public async Task The_ERP_refuses_a_whole_file_that_is(string wrong, string code)
    {
        var next = Last() + 1;
        var name = wrong is "gap" or "other-name" ? next + 1 : next;
        var header = wrong == "gap" ? next + 1 : next;
        var records = Records(header, Invoice("T-1"), wrong == "other-sender" ? "SOMEBODY" : "TIEOUT");
        if (wrong == "wrong-total") records.Single(record => record.Letter == 'T').Set("debit", "100.01");
        if (wrong == "long-text") records.First(record => record.Letter == 'L').Set("text", new string('x', 41));
        var file = (wrong == "other-secret" ? new FileCodec(false, Encoding.UTF8, "not-this-one") : Settings.Codec).Write(records);

        Folder.HandOver(name, wrong == "cut" ? file[..(file.Length / 2)] : file);

        await Eventually(() => Task.FromResult(Folder.Answers(name).Count == 1));
        Settings.Codec.Read(Folder.Answers(name)[0]).Single(record => record.Letter == 'F')["code"].ShouldBe(code);
        (await Booked("T-1")).ShouldBe(0);
    }

    private int Last() => ErpExports.Load(Folder, Settings.Codec).Last;

    private byte[] Batch(int number, ErpDocument document) => Settings.Codec.Write(Records(number, document, "TIEOUT"));

    private IReadOnlyList<FileRecord> Records(int number, ErpDocument document, string sender) => BatchFile.Documents(
        BatchFile.Header(BatchFile.OfDocuments, sender, "HQ", number, new DateTimeOffset(2026, 11, 20, 8, 15, 0, TimeSpan.Zero)),
        [new LegacyMap(Settings.Common, Settings.Codec.Encoding).Of(document)]);
}
