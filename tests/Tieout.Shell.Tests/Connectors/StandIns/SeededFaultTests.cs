using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.StandIns;

/// <summary>
/// A seed strikes at any call, log-ins, look-ups and customers included, while real connectors deliver documents of several kinds. The
/// stand-ins' own ledgers are the witness.
/// </summary>
public sealed class SeededFaultTests
{
    private const int Seed = 20261121;

    private static readonly EntryKind[] Kinds = [EntryKind.Payment, EntryKind.WriteOff, EntryKind.RevenueJournal];

    // A late booking and an export that lags come within a second.
    private static readonly TimeSpan Proof = TimeSpan.FromSeconds(1.2);

    [Theory]
    [InlineData("sap", 0.2)]
    [InlineData("netsuite", 0.2)]
    [InlineData("dynamics", 0.15)]
    [InlineData("odoo", 0.07)] // the more calls a document takes, the fewer of them
    [InlineData("legacy-files", 0.5)]
    [InlineData("legacy-soap", 0.5)]
    public async Task Whatever_a_seed_draws_every_document_stands_in_the_ledger_once(string system, double rate)
    {
        await using var erp = await StandIn.Start(system);
        await erp.Seed(Seed, rate);
        var connector = erp.Connect();
        string[] codes = ["CSF-1", "CSF-2"];
        var customers = new List<string>();
        foreach (var code in codes) customers.Add(await erp.Customer(connector, code));
        List<ErpDocument> invoices =
            [.. Enumerable.Range(0, 24).Select(number => erp.Invoice(codes[number % 2], customers[number % 2], number % 6 == 5 ? -100m : 100m + number))];
        List<ErpDocument> entries = [.. invoices.Where(one => one is ErpInvoice { Total: > 0m }).Select((invoice, number) => erp.Entry(
            Kinds[number % Kinds.Length],
            ((ErpInvoice)invoice).CustomerCode, ((ErpInvoice)invoice).ErpCustomerId, invoice.Key))];

        await Deliver(erp, connector, invoices);
        await Deliver(erp, connector, entries);
        await erp.Calm();

        var struck = await erp.StruckKinds();
        struck.Count.ShouldBeGreaterThan(8);
        struck.Distinct(StringComparer.Ordinal).Count().ShouldBeGreaterThan(4);
        List<string> wrong = [];
        foreach (var document in invoices.Concat(entries))
            if (await erp.Held(document.Key) is var held and not 1) wrong.Add($"{document.Key} of {document.GetType().Name}: {held}");
        wrong.ShouldBeEmpty(); // 0 is lost, more is a duplicate
        (await erp.HeldInAll()).ShouldBe(invoices.Count + entries.Count);
    }

    [Fact]
    public async Task The_same_seed_strikes_the_same_calls_and_another_does_not()
    {
        static async Task<IReadOnlyList<string>> Story(long seed, bool disturbed)
        {
            await using var erp = await StandIn.Start("sap");
            await erp.Seed(seed, 0.5);
            if (disturbed) await erp.Fault("slow", "post", seconds: 0.01);
            var connector = erp.Connect();
            var customer = await erp.Customer(connector, "CSF-1");
            for (var number = 0; number < 12; number++) await connector.Send([erp.Invoice("CSF-1", customer)], erp.Log, default);
            return [.. (await erp.Struck()).Where(one => one.GetProperty("call").GetInt64() > 0).Select(one =>
                $"{one.GetProperty("on")} {one.GetProperty("call")} {one.GetProperty("kind")} {one.GetProperty("seconds")} {one.GetProperty("commit")}")];
        }

        var first = await Story(7, disturbed: false);
        first.Count.ShouldBeGreaterThan(5);
        (await Story(7, disturbed: false)).Take(5).ShouldBe(first.Take(5));
        (await Story(8, disturbed: false)).Take(5).ShouldNotBe(first.Take(5));
        // One that was asked for takes the place of what was drawn, and shifts nothing behind it.
        (await Story(7, disturbed: true)).ShouldBeSubsetOf(Drawn(7, 0.5));
    }

    [Fact]
    public void A_rate_is_the_share_of_calls_and_every_kind_that_means_something_at_a_place_comes_up()
    {
        foreach (var (place, kinds) in FaultPlaces.Kinds)
        {
            var seeded = new SeededFaults(Seed, 0.25);
            var drawn = Enumerable.Range(0, 20_000).Select(_ => seeded.Next(place).Fault).ToList();
            var struck = drawn.OfType<Fault>().ToList();
            struck.Count.ShouldBeInRange(4_700, 5_300, place);
            struck.Select(fault => fault.Kind).Distinct(StringComparer.Ordinal).ShouldBe(kinds, ignoreOrder: true, place);
            struck.ShouldAllBe(fault => fault.On == place && fault.Seconds >= 0.1 && fault.Seconds <= 1.0);
            struck.Select(fault => fault.Commit).Distinct().Count().ShouldBe(2);
        }
        var never = new SeededFaults(Seed, 0);
        var always = new SeededFaults(Seed, 1);
        Enumerable.Range(0, 1000).ShouldAllBe(_ => never.Next("post").Fault == null && always.Next("post").Fault != null);
        FaultPlaces.Kinds.Values.SelectMany(kinds => kinds).Distinct(StringComparer.Ordinal).ShouldBe(Faults.Kinds, ignoreOrder: true);
    }

    [Fact]
    public async Task What_struck_is_listed_until_a_reset_and_calm_ends_the_seed()
    {
        await using var erp = await StandIn.Start("sap");
        await erp.Seed(3, 1);
        await erp.Connect().LookUp([erp.Invoice("CSF-1", "1")], erp.Log, default);
        var log = await erp.Ask("faults/log");
        (log.GetProperty("seed").GetInt64(), log.GetProperty("rate").GetDouble()).ShouldBe((3, 1d));
        log.GetProperty("count").GetInt64().ShouldBeGreaterThan(0);
        (await erp.Struck())[0].GetProperty("on").GetString().ShouldBe("read");

        await erp.Calm();
        var before = (await erp.Struck()).Count;
        await erp.Connect().LookUp([erp.Invoice("CSF-1", "1")], erp.Log, default);
        (await erp.Struck()).Count.ShouldBe(before);
        await erp.Tell("reset", new { });
        (await erp.Struck()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("faults/seed", """{"seed":1,"rate":1.5}""")]
    [InlineData("faults/seed", """{"seed":1,"rate":-0.1}""")]
    [InlineData("keys", """{"calls":-1}""")]
    [InlineData("faults", """{"kind":"period-closes","after":-1}""")]
    [InlineData("faults", """{"kind":"no-such"}""")]
    [InlineData("faults", """{"kind":"slow","on":"no-such"}""")]
    public async Task What_nobody_can_mean_is_refused(string path, string body)
    {
        await using var server = await SandboxServer.Start(new SandboxOptions(), default);
        using var http = new HttpClient { BaseAddress = server.BaseUrl };
        using var answer = await http.PostAsync("/_sandbox/" + path, new StringContent(body, null, "application/json"));
        ((int)answer.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_sandbox_started_with_a_seed_draws_from_its_first_call_and_again_after_a_reset()
    {
        await using var server = await SandboxServer.Start(new SandboxOptions { Seed = 5, FaultRate = 1 }, default);
        using var http = new HttpClient { BaseAddress = server.BaseUrl };
        async Task<string> First()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/payouts");
            try
            {
                using var answer = await http.SendAsync(request);
                return ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException)
            {
                return "cut";
            }
        }

        var first = await First();
        var kind = new SeededFaults(5, 1).Of("stripe-read", 1)!.Kind;
        (await http.GetStringAsync("/_sandbox/faults/log")).ShouldContain(kind);
        using var reset = await http.PostAsync("/_sandbox/reset", null);
        (await First()).ShouldBe(first);
        (await http.GetStringAsync("/_sandbox/faults/log")).ShouldContain(kind);
    }

    private static List<string> Drawn(long seed, double rate)
    {
        var seeded = new SeededFaults(seed, rate);
        List<string> all = [];
        foreach (var place in (string[])["post", "read", "write"])
            for (var call = 1; call < 200; call++)
                if (seeded.Of(place, call) is { } fault)
                    all.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{place} {call} {fault.Kind} {fault.Seconds} {fault.Commit}"));
        return all;
    }

    // As a lane does: what is refused is replayed, what was not sent is sent again, what nobody knows of is asked for.
    private static async Task Deliver(StandIn erp, IErpConnector connector, IReadOnlyList<ErpDocument> documents)
    {
        var open = documents.ToList();
        var last = "";
        for (var round = 0; open.Count > 0; round++)
        {
            if (round == 60) throw new TimeoutException($"{open.Count} documents do not get through to {erp.System}: {last}");
            List<ErpDocument> again = [], doubt = [];
            // A file is one call.
            foreach (var batch in open.Chunk(erp.System == "legacy-files" ? 2 : 6))
                foreach (var (document, outcome) in batch.Zip(await connector.Send(batch, erp.Log, default)))
                    if (outcome is DeliveryOutcome.NoAnswer) doubt.Add(document);
                    else if (outcome is not (DeliveryOutcome.Accepted or DeliveryOutcome.AlreadyPosted))
                    {
                        again.Add(document);
                        last = outcome.ToString();
                    }
            for (var look = 0; doubt.Count > 0; look++)
            {
                if (look == 60) throw new TimeoutException($"{doubt.Count} documents stay in doubt at {erp.System}: {last}");
                await Task.Delay(Proof);
                var told = doubt.Zip(await connector.LookUp(doubt, erp.Log, default)).ToList();
                again.AddRange(told.Where(one => one.Second is LookUpOutcome.Absent).Select(one => one.First));
                told.Where(one => one.Second is LookUpOutcome.Conflict).ShouldBeEmpty();
                doubt = told.Where(one => one.Second is LookUpOutcome.NoAnswer).Select(one => one.First).ToList();
                last = told.LastOrDefault(one => one.Second is LookUpOutcome.NoAnswer).Second?.ToString() ?? last;
            }
            open = again;
            if (open.Count > 0) await Task.Delay(200);
        }
    }
}
