using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.StandIns;

/// <summary>Faults asked for that every stand-in has where they mean something, met by the real connectors.</summary>
public sealed class StandInFaultTests
{
    [Theory]
    [InlineData("sap", 2)]
    [InlineData("legacy-soap", 2)]
    [InlineData("legacy-files", 2)]
    [InlineData("netsuite", 1)] // one document a call
    [InlineData("dynamics", 1)]
    public async Task A_period_that_closes_in_the_middle_of_a_batch_refuses_the_rest(string system, int before)
    {
        await using var erp = await StandIn.Start(system);
        var connector = erp.Connect(10);
        var customer = await erp.Customer(connector, "CPC-1");
        ErpDocument[] documents = [.. Enumerable.Range(0, 4).Select(_ => erp.Invoice("CPC-1", customer))];
        await erp.Fault("period-closes", erp.PostPlace);

        var outcomes = await connector.Send(documents, erp.Log, default);

        outcomes.Count(outcome => outcome is DeliveryOutcome.Accepted).ShouldBe(before);
        outcomes.OfType<DeliveryOutcome.Refused>().Select(refused => refused.Finding.Code).ShouldBe(Enumerable.Repeat("period-closed", 4 - before));
        (await erp.HeldInAll()).ShouldBe(before);
        await erp.OpenPeriod();
        (await connector.Send(documents, erp.Log, default)).ShouldAllBe(outcome => outcome is DeliveryOutcome.Accepted || outcome is DeliveryOutcome.AlreadyPosted);
        (await erp.HeldInAll()).ShouldBe(4);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(9, 4)]
    public async Task It_closes_after_as_many_documents_as_were_asked_for_and_opens_when_its_time_is_over(int after, int booked)
    {
        await using var erp = await StandIn.Start("sap");
        var connector = erp.Connect(10);
        var customer = await erp.Customer(connector, "CPC-1");
        ErpDocument[] documents = [.. Enumerable.Range(0, 4).Select(_ => erp.Invoice("CPC-1", customer))];
        await erp.Fault("period-closes", "post", seconds: 1.5, after: after);

        (await connector.Send(documents, erp.Log, default)).Count(outcome => outcome is DeliveryOutcome.Accepted).ShouldBe(booked);
        (await connector.Send([erp.Invoice("CPC-1", customer)], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Refused>();
        await Task.Delay(2000);
        (await connector.Send([erp.Invoice("CPC-1", customer)], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Theory]
    [InlineData("sap")]
    [InlineData("netsuite")]
    [InlineData("dynamics")]
    [InlineData("odoo")]
    [InlineData("legacy-files")]
    [InlineData("legacy-soap")]
    public async Task A_log_in_whose_certificate_is_over_sends_nothing_and_goes_on_when_there_is_another(string system)
    {
        await using var erp = await StandIn.Start(system);
        var customer = await erp.Customer(erp.Connect(10), "CCE-1");
        var document = erp.Invoice("CCE-1", customer);
        // A connector of its own has to log in first.
        var connector = erp.Connect(10);
        await erp.Fault("certificate-expired", erp.LogInPlace, count: 2);

        (await connector.Send([document], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.NotSent>();

        (await erp.HeldInAll()).ShouldBe(0);
        (await erp.StruckKinds()).ShouldContain("certificate-expired");
        await erp.Calm();
        (await connector.Send([document], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Theory]
    [InlineData("netsuite", "netsuite-post")]
    [InlineData("dynamics", "dynamics-create")]
    [InlineData("odoo", "odoo-create")]
    public async Task One_that_ends_in_the_middle_of_a_run_takes_the_session_with_it_and_the_next_log_in(string system, string place)
    {
        await using var erp = await StandIn.Start(system);
        var connector = erp.Connect(10);
        var customer = await erp.Customer(connector, "CCE-1");
        var document = erp.Invoice("CCE-1", customer);
        await erp.Fault("certificate-expired", place);

        var outcome = (await connector.Send([document], erp.Log, default)).ShouldHaveSingleItem();

        outcome.ShouldBeOfType<DeliveryOutcome.NotSent>();
        (await erp.HeldInAll()).ShouldBe(0);
        await erp.Calm();
        (await connector.Send([document], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await erp.Held(document.Key)).ShouldBe(1);
    }

    [Theory]
    [InlineData("sap")]
    [InlineData("netsuite")]
    [InlineData("dynamics")]
    [InlineData("odoo")]
    [InlineData("legacy-soap")]
    public async Task Slots_that_somebody_else_has_turn_us_away_until_they_are_given_back(string system)
    {
        await using var erp = await StandIn.Start(system);
        var connector = erp.Connect(10);
        var customer = await erp.Customer(connector, "CFS-1");
        var document = erp.Invoice("CFS-1", customer);
        await erp.Slots(0);
        (await connector.Send([document], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.NotSent>();
        (await erp.TurnedAway()).ShouldBeGreaterThan(0);
        await erp.Slots(null);
        (await connector.Send([document], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Accepted>();

        var other = erp.Invoice("CFS-1", customer);
        await erp.Fault("slots-taken", erp.PostPlace, seconds: 1);
        (await connector.Send([other], erp.Log, default)).ShouldHaveSingleItem().ShouldNotBeOfType<DeliveryOutcome.Accepted>();
        (await connector.LookUp([other], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<LookUpOutcome.NoAnswer>();
        await Task.Delay(1200);
        (await connector.Send([other], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await erp.Held(other.Key)).ShouldBe(1);
    }

    [Fact]
    public void Keys_are_known_for_as_long_as_the_window_says()
    {
        var clock = new HandClock();
        var faults = new Faults(clock);
        var keys = new KeyMemory(faults, clock);
        keys.TakeNew(["a", "b"]).ShouldBeTrue();
        keys.TakeNew(["c", "a"]).ShouldBeFalse();
        keys.TakeNew(["c"]).ShouldBeTrue(); // nothing of a refused call is kept
        clock.Now += TimeSpan.FromDays(400);
        keys.TakeNew(["a"]).ShouldBeFalse();

        faults.Keys = new KeyWindow(Seconds: 60);
        keys.TakeNew(["a"]).ShouldBeTrue();
        clock.Now += TimeSpan.FromSeconds(60);
        keys.TakeNew(["a"]).ShouldBeFalse();
        clock.Now += TimeSpan.FromSeconds(1);
        keys.TakeNew(["a"]).ShouldBeTrue();

        faults.Keys = new KeyWindow(Calls: 1);
        keys.TakeNew(["d"]).ShouldBeTrue();
        keys.TakeNew(["d"]).ShouldBeFalse();
        keys.TakeNew(["d"]).ShouldBeTrue();
        faults.Keys = KeyWindow.ForEver;
        keys.TakeNew(["d"]).ShouldBeFalse();
        keys.Forget();
        keys.TakeNew(["d"]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_legacy_ERP_that_forgot_its_numbers_still_shows_what_it_booked()
    {
        await using var erp = await StandIn.Start("legacy-files");
        var connector = erp.Connect(10);
        var customer = await erp.Customer(connector, "CKF-1");
        ErpDocument[] documents = [erp.Invoice("CKF-1", customer), erp.Invoice("CKF-1", customer), erp.Invoice("CKF-1", customer)];
        foreach (var one in documents.Take(2)) (await connector.Send([one], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Accepted>();
        await erp.Fault("keys-forgotten", "legacy-post");
        (await connector.Send([documents[2]], erp.Log, default)).ShouldHaveSingleItem().ShouldBeOfType<DeliveryOutcome.Accepted>();

        (await connector.LookUp(documents, erp.Log, default)).ShouldAllBe(told => told is LookUpOutcome.Found);
        (await connector.Send(documents, erp.Log, default)).ShouldAllBe(outcome => outcome is DeliveryOutcome.AlreadyPosted);
        (await erp.HeldInAll()).ShouldBe(3);
    }

    private sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.UtcTicks;
    }
}
