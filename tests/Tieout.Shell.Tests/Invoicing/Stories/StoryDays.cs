using System.Globalization;
using System.Text;
using Tieout.Application.Accounts;
using Tieout.Application.Credits;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Subscriptions;
using Tieout.Application.Usage;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>What happens in a story, sentence by sentence, by the use cases of the program. Days written with "to" are the last that count.</summary>
internal sealed class StoryDays
{
    private const string Day = StoryWords.Day;
    private readonly TestDatabase _database;
    private readonly StoryClock _clock;
    private readonly List<(string Form, Func<string[], Task> Does)> _sentences = [];
    private int _done;

    public StoryDays(TestDatabase database, StoryClock clock)
    {
        (_database, _clock) = (database, clock);
        Says($"(\\S+) of (\\S+) starts on {Day}: plan (\\S+) with (.+?)(?:, on trial to {Day})?", Start);
        Says($"(\\S+): (\\S+) become (\\S+) from {Day}", of => Amend(of[0], new() { Kind = "change-quantity", Component = of[1], Quantity = of[2], Effective = of[3] }));
        Says($"(\\S+) moves up to plan (\\S+) from {Day}", of => Amend(of[0], new() { Kind = "upgrade", Plan = of[1], Effective = of[2] }));
        Says($"(\\S+) rests from {Day} to {Day}, its days are credited", of =>
            Amend(of[0], new() { Kind = "pause", Mode = "credit-days", Effective = of[1], Until = StoryWords.After(of[2]) }));
        Says($"(\\S+) is cancelled, its last day is {Day}", of => Amend(of[0], new() { Kind = "cancel", Effective = StoryWords.After(of[1]) }));
        Says($"(\\S+) uses (\\S+) (\\S+) on {Day} \\((\\S+)\\)", of => Use(of[0], of[4], of[2], of[3], of[1], ""));
        Says($"(\\S+) of (\\S+) was really (\\S+) (\\S+) on {Day} \\((\\S+)\\)", of => Use(of[1], of[5], of[3], of[4], of[2], $"\"supersedes\":\"{of[0]}\","));
        Says($"(\\S+) of (\\S+) never happened \\((\\S+)\\)", of => Use(of[1], of[2], "none", "", "0", $"\"voids\":\"{of[0]}\","));
        Says(@"(\S+) is credited with (\S+) before tax: (.+)", of => Credit(of[0], new CreditWish.ByAmount(Number(of[1])), of[2]));
        Says(@"(\S+) is taken back: (.+)", of => Credit(of[0], new CreditWish.Void(), of[1]));
        Says($"discount (\\S+) is given to (\\S+) from {Day}(?: to {Day})?", Discount);
        Says($"(\\S+) is charged (\\S+) for (.+) on {Day}", Charge);
        Says($"(\\S+) is granted (\\S+) (\\S+) of (\\S+) from {Day}(?: to {Day})?", Grant);
        Says(@"one ([A-Z]{3}) is (\S+) ([A-Z]{3}), says (.+)", Exchange);
        Says(@"(\S+) is a (business|consumer) in ([A-Z]{2})(?: with VAT number (\S+))?", of => new StorySetUp(_database, _clock).Profile(of[0], of[1], of[2], of[3]));
        Says("invoices are drawn up", _ => Bill());
    }

    /// <summary>One sentence, on its day. Refusals fail the story: all of it is possible.</summary>
    public async Task Happens(string day, string words)
    {
        _clock.Today = BillingWorld.Day(day);
        _done++;
        foreach (var (form, does) in _sentences)
        {
            if (StoryWords.Find(form, words) is not { } parts) continue;
            await does(parts);
            return;
        }
        throw new FormatException($"Not understood: {words}");
    }

    private void Says(string form, Func<string[], Task> does) => _sentences.Add((form, does));

    private string Key => string.Create(CultureInfo.InvariantCulture, $"row-{_done}");

    private async Task Start(string[] of) => Done(await new CreateSubscription(_database.Source, _clock).Run(
        new SubscriptionRequest
        {
            Code = of[0],
            Account = of[1],
            Start = of[2],
            Plan = of[3],
            Components = [.. of[4].Split(", ").Select(text => text.Split(' ')).Select(part => part is [var count, var name] ? Component(name, count) : Component(part[0], null))],
            TrialEnd = of[5].Length > 0 ? StoryWords.After(of[5]) : null,
            Reason = "signed",
            Actor = "ann",
        }, null, CancellationToken.None));

    private static ComponentRequest Component(string name, string? count) => new() { Component = name, Quantity = count };

    private async Task Amend(string code, AmendmentRequest request) =>
        Done(await new AmendSubscription(_database.Source, _clock).Run(code, request with { Reason = "agreed", Actor = "ann" }, null, CancellationToken.None));

    private static void Done(AmendmentOutcome outcome) => outcome.ShouldBeOfType<AmendmentOutcome.Done>(outcome.ToString());

    private async Task Use(string code, string id, string type, string on, string n, string correction)
    {
        var time = on.Length > 0 ? on : _clock.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var body = Encoding.UTF8.GetBytes(
            $$"""{"specversion":"1.0","id":"{{id}}","source":"/gate","type":"{{type}}","subject":"{{code}}",{{correction}}"time":"{{time}}T10:00:00Z","data":{"n":{{n}}} }""");
        await using var intake = new UsageIntake(_database.Source, _clock);
        var taken = (await intake.Take(body, body.Length, UsageFormat.Single, "gate", CancellationToken.None)).ShouldBeOfType<UsageOutcome.Taken>();
        taken.Refused.ShouldBeEmpty();
    }

    private async Task Credit(string number, CreditWish wish, string reason)
    {
        var outcome = await new CreditInvoice(_database.Source, _clock).Run(new CreditRequest(number, wish, _clock.Today, reason, "ann", Key), CancellationToken.None);
        outcome.ShouldBeOfType<CreditOutcome.Given>(outcome.ToString());
    }

    private async Task Discount(string[] of)
    {
        var place = of[1].Split('/');
        var account = await _database.Scalar<string>(
            $"select coalesce((select a.code from subscriptions.subscription s join customers.billing_account a on a.id = s.billing_account_id where s.code = '{place[0]}'), '{place[0]}')");
        var outcome = await new AccountDiscounts(_database.Source, _clock).Give(
            account,
            new DiscountRequest
            {
                Discount = of[0],
                Subscription = account == place[0] ? null : place[0],
                Component = place.ElementAtOrDefault(1),
                From = of[2],
                Until = of[3].Length > 0 ? StoryWords.After(of[3]) : null,
                Actor = "ann",
                Reason = "agreed",
            }, Key, CancellationToken.None);
        outcome.ShouldBeOfType<AccountDone<AccountDiscount>>(outcome.ToString());
    }

    private async Task Charge(string[] of)
    {
        var outcome = await new AccountCharges(_database.Source, _clock).Add(
            of[0], new ChargeRequest { UnitPrice = of[1], Description = of[2], On = of[3], Actor = "ann" }, Key, CancellationToken.None);
        outcome.ShouldBeOfType<AccountDone<AccountCharge>>(outcome.ToString());
    }

    private async Task Grant(string[] of)
    {
        var currency = of[2] == "units" ? "" : $"\"currency\":\"{of[2]}\",";
        var expires = of[5].Length > 0 ? $",\"expires-on\":\"{StoryWords.After(of[5])}\"" : "";
        var json = $$"""{"key":"{{Key}}","account":"{{of[0]}}","credit":"{{of[3]}}","amount":"{{of[1]}}",{{currency}}"granted-on":"{{of[4]}}"{{expires}}}""";
        var outcome = await new GrantCredit(_database.Source).Run(CatalogueTests.Json(json), CancellationToken.None);
        outcome.ShouldBeOfType<GrantOutcome.Granted>(outcome.ToString());
    }

    private async Task Exchange(string[] of)
    {
        var day = _clock.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        (await new EnterRates(_database.Source, _clock).Run([new EnteredRate(of[0], of[2], day, of[1], Source: of[3])], "", "ann", CancellationToken.None)).Accepted.ShouldBe(1);
    }

    // A second run on the same day has nothing left to do.
    private async Task Bill()
    {
        var bills = new BillAccounts(_database.Source, _clock);
        await bills.Run(BillingRequest.On(_clock.Today, "ann"), null, CancellationToken.None);
        (await _database.Scalar<string>("select coalesce(string_agg(technical || cause, '; '), '') from exceptions.exception_case")).ShouldBe("");
        var before = await _database.Scalar<long>("select count(*) from invoicing.invoice_line");
        await bills.Run(BillingRequest.On(_clock.Today, "bob"), null, CancellationToken.None);
        (await _database.Scalar<long>("select count(*) from invoicing.invoice_line")).ShouldBe(before);
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
