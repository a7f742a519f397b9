using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Tieout.Application.Webhooks;
using Tieout.Connectors.Webhooks;
using Tieout.Domain.Webhooks;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Webhooks;

public sealed class DeliverWebhooksTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WebhookWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await WebhookWorld.Start(postgres);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Each_event_is_delivered_once_signed_and_with_its_sequence()
    {
        await _world.Subscribe();
        await _world.Park(5);
        (await _world.Deliver()).ShouldBe(5);
        (await _world.Deliver()).ShouldBe(0);
        var all = _world.Receiver.All.ToList();
        all.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count().ShouldBe(5);
        all.ShouldAllBe(one => one.SignedBy(_world.Secret.Secret));
        (await _world.Rows("delivered")).Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_receiver_that_is_down_gets_everything_when_it_is_up_again()
    {
        await _world.Subscribe();
        await _world.Park(2);
        await _world.Receiver.Down();
        (await _world.Deliver()).ShouldBe(2);
        (await _world.Deliver()).ShouldBe(0);
        (await _world.Rows("waiting")).Count.ShouldBe(2);
        await _world.Receiver.Up();
        _world.Wait(DeliveryDecision.Pauses[0]);
        await _world.Deliver();
        _world.Receiver.All.Count.ShouldBe(2);
        var delivery = await _world.Deliveries.One((await _world.Rows("delivered"))[0].Id, CancellationToken.None);
        delivery!.Attempts.Select(attempt => attempt.Outcome).ShouldBe(["not-sent", "delivered"]);
    }

    [Fact]
    public async Task Answers_of_500_are_tried_with_all_pauses_then_kept_as_failed_with_a_case()
    {
        await _world.Subscribe();
        await _world.Park();
        _world.Receiver.Answer = http =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync("out of order " + new string('x', 5000));
        };
        await _world.Deliver();
        // The endpoint itself is kept alive by others, so that only this delivery is given up.
        foreach (var pause in DeliveryDecision.Pauses)
        {
            (await _world.Deliver()).ShouldBe(0);
            _world.Wait(pause);
            await _world.Database.Execute("update webhooks.endpoint set failing_since = null");
            (await _world.Deliver()).ShouldBe(1);
        }
        var detail = await _world.Only();
        detail.Delivery.State.ShouldBe("failed");
        detail.Attempts.Count.ShouldBe(DeliveryDecision.Pauses.Count + 1);
        detail.Attempts.ShouldAllBe(attempt => attempt.Status == 500 && attempt.Answer.Length == WebhookClient.AnswerMost && attempt.DurationMs >= 0);
        (await _world.Count("exceptions.exception_case where subject_kind = 'webhook' and code = 'webhook-not-delivered' and state = 'open'")).ShouldBe(1);

        _world.Receiver.Answer = _ => Task.CompletedTask;
        (await Replay(detail.Delivery.Id)).ShouldBeOfType<WebhookDone<WebhookDelivery>>();
        (await Replay(detail.Delivery.Id)).ShouldBeOfType<WebhookRefused<WebhookDelivery>>().Code.ShouldBe("not-replayable");
        await _world.Deliver();
        (await _world.Only()).Delivery.State.ShouldBe("delivered");
        _world.Receiver.All.Select(one => one.Id).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        (await _world.Count("exceptions.exception_case where subject_kind = 'webhook' and state = 'open'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_is_disabled_with_a_case_and_what_happens_meanwhile_is_held()
    {
        var endpoint = await _world.Subscribe();
        await _world.Park(2);
        _world.Receiver.Answer = Status(503);
        await _world.Deliver();
        _world.Clock.Advance(DeliveryDecision.FailsForDays);
        await _world.Deliver();
        var now = (await _world.Endpoints.One(endpoint.Id, CancellationToken.None))!;
        (now.State, now.Why).ShouldBe(("disabled", "It took nothing for days."));
        (await _world.Count("exceptions.exception_case where code = 'webhook-endpoint-failing' and state = 'open'")).ShouldBe(1);

        await _world.Park();
        await new DeliveryQueue(_world.Database.Source, _world.Clock).Sweep(CancellationToken.None);
        var before = _world.Receiver.All.Count;
        _world.Clock.Advance(TimeSpan.FromDays(2));
        await new DeliveryQueue(_world.Database.Source, _world.Clock).Sweep(CancellationToken.None);
        (await _world.Deliver()).ShouldBe(0);
        _world.Receiver.All.Count.ShouldBe(before);
        (await _world.Rows("held")).Count.ShouldBe(3);

        _world.Receiver.Answer = _ => Task.CompletedTask;
        (await _world.Endpoints.Change(endpoint.Id, new EndpointChange { State = "enabled", Actor = "mara", Reason = "mended" }, CancellationToken.None))
            .ShouldBeOfType<WebhookDone<WebhookEndpoint>>().Value.FailingSince.ShouldBeNull();
        (await _world.Count("exceptions.exception_case where subject_kind = 'webhook' and state = 'open'")).ShouldBe(0);
        (await _world.Deliver()).ShouldBe(0);
    }

    [Fact]
    public async Task Gone_disables_at_once()
    {
        var endpoint = await _world.Subscribe();
        await _world.Park();
        _world.Receiver.Answer = Status(410);
        await _world.Deliver();
        (await _world.Endpoints.One(endpoint.Id, CancellationToken.None))!.State.ShouldBe("disabled");
        (await _world.Only()).Delivery.State.ShouldBe("failed");
        (await _world.Count("exceptions.exception_case where code = 'webhook-endpoint-gone' and state = 'open'")).ShouldBe(1);
    }

    [Fact]
    public async Task Retry_after_holds_the_whole_endpoint_back()
    {
        await _world.Subscribe();
        await _world.Park();
        _world.Receiver.Answer = http =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = "600";
            return Task.CompletedTask;
        };
        await _world.Deliver();
        await _world.Park();
        _world.Clock.Advance(TimeSpan.FromMinutes(9));
        (await _world.Deliver()).ShouldBe(0);
        _world.Receiver.Answer = _ => Task.CompletedTask;
        _world.Clock.Advance(TimeSpan.FromMinutes(2));
        (await _world.Deliver()).ShouldBe(2);
    }

    [Fact]
    public async Task A_lost_answer_brings_the_same_event_under_the_same_id_again()
    {
        await _world.Subscribe();
        await _world.Park();
        _world.Receiver.Answer = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        await _world.Deliver();
        _world.Receiver.Answer = _ => Task.CompletedTask;
        _world.Wait(DeliveryDecision.Pauses[0]);
        await _world.Deliver();
        var all = _world.Receiver.All.ToList();
        all.Count.ShouldBeGreaterThanOrEqualTo(2);
        all.ShouldAllBe(one => one.Id == all[0].Id && one.Body.SequenceEqual(all[0].Body));
        (await _world.Only()).Attempts.Select(attempt => attempt.Outcome).ShouldBe(["no-answer", "delivered"]);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_in_time_is_tried_again_and_holds_up_nobody_else()
    {
        using var quick = new WebhookClient(_world.Clock, TimeSpan.FromMilliseconds(400), Dns.GetHostAddressesAsync);
        _world.Client = quick;
        var release = new TaskCompletionSource();
        await _world.Subscribe();
        await _world.Park(6);
        _world.Receiver.Answer = _ => release.Task;
        (await _world.Deliver()).ShouldBe(6);
        release.SetResult();
        _world.Receiver.OpenMost.ShouldBeLessThanOrEqualTo(DeliverWebhooks.AtOnceToOne * 2);
        (await _world.Rows("waiting")).ShouldAllBe(row => row.Detail.StartsWith("No answer within", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await _world.Subscribe();
        await _world.Park();
        _world.Receiver.Answer = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        await _world.Deliver();
        _world.Receiver.All.ShouldHaveSingleItem();
        (await _world.Only()).Delivery.Status.ShouldBe(302);
    }

    [Fact]
    public async Task Two_nodes_deliver_each_event_once()
    {
        await _world.Subscribe();
        await _world.Park(40);
        var attempts = await Task.WhenAll(_world.Node().Run(CancellationToken.None), _world.Node().Run(CancellationToken.None));
        attempts.Sum().ShouldBe(40);
        _world.Receiver.All.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count().ShouldBe(40);
        _world.Receiver.All.Count.ShouldBe(40);
    }

    [Fact]
    public async Task What_a_dead_node_held_comes_due_again_and_the_dead_one_records_nothing()
    {
        await _world.Subscribe();
        await _world.Park();
        var queue = new DeliveryQueue(_world.Database.Source, _world.Clock);
        var lost = (await queue.Claim(10, 10, new Dictionary<Guid, int>(), WebhookClient.UsualTimeout, CancellationToken.None)).ShouldHaveSingleItem();
        (await _world.Deliver()).ShouldBe(0);
        _world.Clock.Advance(TimeSpan.FromMinutes(3));
        (await _world.Deliver()).ShouldBe(1);
        await queue.Record(lost, new DeliveryAnswer.Answered(500, ""), secretless: false, TimeSpan.Zero, 0m);
        var detail = await _world.Only();
        detail.Delivery.State.ShouldBe("delivered");
        detail.Attempts.Select(attempt => attempt.Outcome).ShouldBe(["refused", "delivered"]);
    }

    [Fact]
    public async Task Whoever_lost_the_claim_neither_disables_the_endpoint_nor_calls_it_mended()
    {
        var endpoint = await _world.Subscribe();
        await _world.Park();
        var queue = new DeliveryQueue(_world.Database.Source, _world.Clock);
        var lost = (await queue.Claim(10, 10, new Dictionary<Guid, int>(), WebhookClient.UsualTimeout, CancellationToken.None)).ShouldHaveSingleItem();
        _world.Clock.Advance(TimeSpan.FromMinutes(3));
        var held = (await queue.Claim(10, 10, new Dictionary<Guid, int>(), WebhookClient.UsualTimeout, CancellationToken.None)).ShouldHaveSingleItem();

        await queue.Record(lost, new DeliveryAnswer.Answered(410, "gone"), secretless: false, TimeSpan.Zero, 0m);
        var after = (await _world.Endpoints.One(endpoint.Id, CancellationToken.None))!;
        (after.State, after.FailingSince).ShouldBe(("enabled", null));
        (await _world.Count("exceptions.exception_case where subject_kind = 'webhook'")).ShouldBe(0);

        await queue.Record(held, new DeliveryAnswer.Answered(503, ""), secretless: false, TimeSpan.Zero, 0m);
        (await _world.Endpoints.One(endpoint.Id, CancellationToken.None))!.FailingSince.ShouldNotBeNull();
        await queue.Record(lost, new DeliveryAnswer.Answered(200, ""), secretless: false, TimeSpan.Zero, 0m);
        (await _world.Endpoints.One(endpoint.Id, CancellationToken.None))!.FailingSince.ShouldNotBeNull();
        (await _world.Only()).Delivery.State.ShouldBe("waiting");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task A_node_whose_clock_is_wrong_by_an_hour_goes_by_the_database_s(int minutes)
    {
        await _world.Subscribe();
        await _world.Park();
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        _world.Receiver.Answer = async http =>
        {
            arrived.TrySetResult();
            await goOn.Task;
            http.Response.StatusCode = 500;
        };
        DeliverWebhooks Node(int off) => new(_world.Database.Source, new OffClock(TimeSpan.FromMinutes(off)), _world.Client);

        // One has it in hand; whoever thinks that an hour has passed must not send it a second time.
        var first = Node(0).Run(CancellationToken.None);
        await arrived.Task;
        (await Node(minutes).Run(CancellationToken.None)).ShouldBe(0);
        goOn.SetResult();
        (await first).ShouldBe(1);

        // Nor are pauses shorter or longer for it, and what it signs was signed now.
        (await Node(minutes).Run(CancellationToken.None)).ShouldBe(0);
        await _world.Database.Execute("update webhooks.delivery set due_at = now() where state = 'waiting'; update webhooks.endpoint set not_before = null");
        (await Node(minutes).Run(CancellationToken.None)).ShouldBe(1);
        var real = TimeProvider.System.GetUtcNow();
        (await _world.Rows("waiting")).ShouldHaveSingleItem().NextAt!.Value.ShouldBe(real, TimeSpan.FromMinutes(15));
        (await _world.Only()).Attempts.ShouldAllBe(attempt => (attempt.StartedAt - real).Duration() < TimeSpan.FromMinutes(5));
        _world.Receiver.All.Count.ShouldBe(2);
        _world.Receiver.All.ShouldAllBe(one => (DateTimeOffset.FromUnixTimeSeconds(one.Timestamp) - real).Duration() < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Both_secrets_sign_while_they_change_and_only_the_new_one_afterwards()
    {
        var endpoint = await _world.Subscribe();
        using var next = new SecretFile();
        (await new RotateSecret(_world.Database.Source, _world.Clock).Run(
            endpoint.Id,
            new RotationRequest { Secret = new SecretPlace { File = next.Path }, OverlapHours = "2", Actor = "mara", Reason = "yearly" }, CancellationToken.None))
            .ShouldBeOfType<WebhookDone<WebhookEndpoint>>().Value.Secrets.Select(secret => secret.Place).ShouldBe([next.Path, _world.Secret.Path]);
        await _world.Park();
        await _world.Deliver();
        _world.Clock.Advance(TimeSpan.FromHours(3));
        await _world.Park();
        await _world.Deliver();
        var all = _world.Receiver.All.ToList();
        all.Select(one => (one.SignedBy(_world.Secret.Secret), one.SignedBy(next.Secret))).ShouldBe([(true, true), (false, true)]);
    }

    [Fact]
    public async Task Without_a_secret_nothing_leaves_and_a_person_is_told()
    {
        await _world.Subscribe();
        await _world.Park();
        var text = await File.ReadAllTextAsync(_world.Secret.Path);
        await File.WriteAllTextAsync(_world.Secret.Path, "hunter2");
        await _world.Deliver();
        _world.Receiver.All.ShouldBeEmpty();
        (await _world.Count("exceptions.exception_case where code = 'webhook-secret-unreadable' and state = 'open'")).ShouldBe(1);
        await File.WriteAllTextAsync(_world.Secret.Path, text);
        _world.Wait(DeliveryDecision.Pauses[0]);
        await _world.Deliver();
        _world.Receiver.All.ShouldHaveSingleItem();
        (await _world.Count("exceptions.exception_case where code = 'webhook-secret-unreadable' and state = 'open'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_public_name_that_leads_inside_is_never_called()
    {
        var asked = new ConcurrentQueue<string>();
        using var client = new WebhookClient(_world.Clock, TimeSpan.FromSeconds(15), (host, _) =>
        {
            asked.Enqueue(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });
        _world.Client = client;
        var endpoint = await _world.Subscribe();
        var port = new Uri(_world.Receiver.Url).Port.ToString(CultureInfo.InvariantCulture);
        await _world.Endpoints.Change(
            endpoint.Id, new EndpointChange { Url = $"https://hooks.example.com:{port}/", Actor = "mara", Reason = "moved" }, CancellationToken.None);
        await _world.Park();
        await _world.Deliver();
        asked.ShouldContain("hooks.example.com");
        _world.Receiver.All.ShouldBeEmpty();
        (await _world.Only()).Attempts.ShouldHaveSingleItem().Detail.ShouldBe("hooks.example.com leads to an address that webhooks do not go to.");
    }

    private Task<WebhookOutcome<WebhookDelivery>> Replay(Guid id) =>
        new ReplayDelivery(_world.Database.Source, _world.Clock).Run(id, "mara", "mended", CancellationToken.None);

    private sealed class OffClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    private static Func<HttpContext, Task> Status(int status) => http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    };
}
