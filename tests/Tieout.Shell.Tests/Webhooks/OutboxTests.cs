using System.Text.Json;
using Npgsql;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Webhooks;

public sealed class OutboxTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WebhookWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await WebhookWorld.Start(postgres);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Nothing_is_written_when_nobody_listens()
    {
        await _world.Park(3);
        (await _world.Count("webhooks.event")).ShouldBe(0);
        (await _world.Count("webhooks.delivery")).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_is_written_of_what_nobody_asked_for()
    {
        await _world.Subscribe("invoice.finalised", "posting.posted");
        await _world.Park(3);
        (await _world.Count("webhooks.event")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_rolled_back_was_never_told()
    {
        await _world.Subscribe();
        await using (var connection = await _world.Database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand(
                $"update posting.posting set state = 'cancelled' where business_key = '{WebhookWorld.Parked}'; "
                + $"insert into webhooks.event (kind, at, subject_id, subject_key, state) values ('posting.parked', now(), gen_random_uuid(), 'x', 'parked')",
                connection, transaction);
            await command.ExecuteNonQueryAsync();
            await transaction.RollbackAsync();
        }
        (await _world.Deliver()).ShouldBe(0);
        (await _world.Count("webhooks.event")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_kind_is_told_with_ids_state_and_amount_and_no_names()
    {
        await _world.Subscribe([.. Tieout.Domain.Webhooks.WebhookEvent.Kinds]);
        await _world.Park();
        await _world.Database.Execute(
            """
            update exceptions.exception_case set state = 'resolved', resolution = 'Seen to by Mara', resolved_at = now() where subject_key = 'US-2026-0000021' and state = 'open';
            insert into exceptions.exception_case (id, category, code, subject_kind, subject_key, cause, remedy, opened_at, last_seen_at)
            values (gen_random_uuid(), 'business', 'period-closed', 'posting', 'US-2026-0000021', 'Ashgrove Logistics is blocked', 'x', now(), now());
            """);
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.Deliver();
        var bodies = _world.Receiver.All.Select(one => JsonDocument.Parse(one.Body).RootElement).ToList();
        bodies.Select(body => body.GetProperty("type").GetString()).Order(StringComparer.Ordinal)
            .ShouldBe(["exception.opened", "exception.resolved", "posting.parked"]);
        var parked = bodies.Single(body => body.GetProperty("type").GetString() == "posting.parked").GetProperty("data");
        parked.GetProperty("key").GetString().ShouldBe(WebhookWorld.Parked);
        parked.GetProperty("state").GetString().ShouldBe("parked");
        parked.GetProperty("documentKind").GetString().ShouldBe("invoice");
        parked.GetProperty("amount").GetProperty("currency").GetString().ShouldBe("USD");
        parked.GetProperty("amount").GetProperty("amount").ValueKind.ShouldBe(JsonValueKind.String);
        var all = string.Concat(bodies.Select(body => body.GetRawText()));
        all.ShouldNotContain("Mara");
        all.ShouldNotContain("Ashgrove");
    }

    [Fact]
    public async Task Many_documents_in_one_statement_are_told_each_once()
    {
        await _world.Subscribe("posting.posted", "posting.parked");
        var moved = await _world.Database.Scalar<long>(
            """
            with moved as (update posting.posting set state = 'parked', changed_at = now() where state = 'ready' returning 1) select count(*) from moved
            """);
        moved.ShouldBeGreaterThan(0);
        (await _world.Count("webhooks.event where kind = 'posting.parked'")).ShouldBe(moved);
        (await _world.Count("webhooks.delivery where state = 'waiting'")).ShouldBe(moved);
    }

    [Fact]
    public async Task A_repeated_case_opens_once()
    {
        await _world.Subscribe("exception.opened");
        for (var time = 0; time < 3; time++)
        {
            await _world.Database.Execute(
                """
                insert into exceptions.exception_case (id, category, code, subject_kind, subject_key, cause, remedy, opened_at, last_seen_at)
                values (gen_random_uuid(), 'technical', 'no-answer', 'target', 'sap', 'Silent', 'x', now(), now())
                on conflict (tenant, subject_kind, subject_key, code) where state = 'open' do update set repeats = exception_case.repeats + 1
                """);
        }
        (await _world.Count("webhooks.event")).ShouldBe(1);
    }

    [Fact]
    public async Task A_delivery_moves_only_as_it_may()
    {
        await _world.Subscribe();
        await _world.Park();
        await _world.Deliver();
        (await Should.ThrowAsync<PostgresException>(() => _world.Database.Execute("update webhooks.delivery set state = 'failed'"))).ConstraintName.ShouldBe("delivery_move");
        await Should.ThrowAsync<PostgresException>(() => _world.Database.Execute("update webhooks.event set state = 'posted'"));
        await Should.ThrowAsync<PostgresException>(() => _world.Database.Execute("delete from webhooks.delivery"));
    }
}
