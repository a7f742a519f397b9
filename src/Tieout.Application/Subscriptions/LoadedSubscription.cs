using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>An amendment as it is stored, with what was answered when it was recorded.</summary>
internal sealed record StoredAmendment(Amendment Amendment, string Words, SubscriptionState State, DateTimeOffset RecordedAt);

/// <summary>A subscription with all its amendments.</summary>
/// <param name="Implied">True when it was imported and its creation is not written down yet.</param>
internal sealed record LoadedSubscription(
    Guid Id, Guid Account, string Code, string AccountCode, Guid Correlation, Currency Currency, SubscriptionState State, int Version,
    bool Implied, IReadOnlyList<StoredAmendment> Amendments, PriceBook Prices)
{
    /// <summary>The amendments themselves, in the order they were recorded.</summary>
    public IReadOnlyList<Amendment> All => [.. Amendments.Select(stored => stored.Amendment)];

    /// <summary>What they make of it.</summary>
    /// <exception cref="InvalidOperationException">They cannot be folded: somebody changed the database by hand.</exception>
    public Timeline Timeline() =>
        Domain.Subscriptions.Timeline.Fold(new(Id), new(Correlation), All) switch
        {
            Folded.Done done => done.Timeline,
            Folded.Refused refused => throw new InvalidOperationException(
                $"Amendment {refused.Refusal.Version} of subscription {Code} cannot be: {refused.Refusal.Reason}"),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    /// <summary>Loads it by its code; null when there is none.</summary>
    /// <param name="connection">In a transaction when it is to be locked.</param>
    /// <param name="code">The subscription's.</param>
    /// <param name="plans">Plans whose prices are needed besides.</param>
    /// <param name="locked">Whether nobody else may amend it until the transaction ends.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<LoadedSubscription?> Load(
        NpgsqlConnection connection, string code, IReadOnlyList<string> plans, bool locked, CancellationToken cancel)
    {
        // The lock before anything else is read: what is read after it is what the one before us left.
        var found = await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            $"select id from subscriptions.subscription where tenant = 1 and code = @code {(locked ? "for update" : "")}",
            new { code }, cancellationToken: cancel));
        if (found is not { } id) return null;
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select s.id, s.billing_account_id as account, s.code, a.code as account_code, s.correlation_id as correlation, a.currency,
                   s.state, s.version, s.start_date, s.end_date, s.trial_end, s.created_at, p.code as plan,
                   -- An account without a zone of its own lives in UTC.
                   a.time_zone as zone
            from subscriptions.subscription s
            join customers.billing_account a on a.id = s.billing_account_id
            join catalog.plan p on p.id = s.plan_id
            where s.id = @id;

            select version, effective_on, effective_time, content::text as content, words, state, reason, actor, recorded_at
            from subscriptions.amendment where subscription_id = @id order by version;

            select component, price_id, quantity, agreed_price
            from subscriptions.component
            where subscription_id = @id and billing_account_id = (select billing_account_id from subscriptions.subscription where id = @id)
            order by component;
            """, new { id }, cancellationToken: cancel));
        var head = await results.ReadSingleAsync<Head>();
        var rows = (await results.ReadAsync<AmendmentRow>()).AsList();
        var components = (await results.ReadAsync<ComponentRow>()).AsList();
        var prices = await PriceBook.Load(connection, [head.Plan, .. plans], id, cancel);
        var amendments = rows.Count == 0 ? [ImpliedCreation(head, components, prices)] : rows.ConvertAll(row => Stored(row, head.Zone, new ContentJson(prices)));
        return new LoadedSubscription(
            head.Id, head.Account, head.Code, head.AccountCode, head.Correlation, Currency.Of(head.Currency), Words.Parse<SubscriptionState>(head.State),
            head.Version, rows.Count == 0, amendments, prices);
    }

    // The zone is the account's of today, whatever it was then.
    private static StoredAmendment Stored(AmendmentRow row, string zone, ContentJson json)
    {
        var change = json.ReadChange(row.Content);
        if (change is Change.Create create) change = create with { Zone = zone };
        var amendment = new Amendment(row.Version, row.EffectiveOn, change) { EffectiveTime = row.EffectiveTime, Reason = row.Reason, Actor = row.Actor };
        return new StoredAmendment(amendment, row.Words, Words.Parse<SubscriptionState>(row.State), row.RecordedAt);
    }

    private static StoredAmendment ImpliedCreation(Head head, List<ComponentRow> components, PriceBook prices)
    {
        var orders = components.ConvertAll(row =>
        {
            var price = prices.Of(row.PriceId);
            // PostgreSQL answers with all the decimals a column holds.
            return new ComponentOrder(
                row.Component, price, Canonical.Of(row.Quantity), row.AgreedPrice is { } agreed ? AgreedModel.Of(price.Model, Canonical.Of(agreed)) : null);
        });
        var create = new Change.Create(head.Plan, Currency.Of(head.Currency), head.Zone, orders) { End = head.EndDate, TrialEnd = head.TrialEnd };
        var amendment = new Amendment(1, head.StartDate, create) { Reason = "Imported.", Actor = "import" };
        var words = Domain.Subscriptions.Timeline.Fold(new(head.Id), new(head.Correlation), [amendment]) is Folded.Done done
            ? done.Timeline.Steps[0].Words : $"Created: plan {head.Plan}";
        return new StoredAmendment(amendment, words, Words.Parse<SubscriptionState>(head.State), head.CreatedAt);
    }

    private sealed record Head(
        Guid Id, Guid Account, string Code, string AccountCode, Guid Correlation, string Currency, string State, int Version,
        DateOnly StartDate, DateOnly? EndDate, DateOnly? TrialEnd, DateTimeOffset CreatedAt, string Plan, string Zone);

    private sealed record AmendmentRow(
        int Version, DateOnly EffectiveOn, TimeOnly EffectiveTime, string Content, string Words, string State, string Reason, string Actor,
        DateTimeOffset RecordedAt);

    private sealed record ComponentRow(string Component, Guid PriceId, decimal Quantity, decimal? AgreedPrice);
}

/// <summary>An agreed price is one figure where the catalogue's model has one, and a whole model otherwise.</summary>
internal static class AgreedModel
{
    /// <summary>The model that one figure means.</summary>
    public static ChargeModel Of(ChargeModel catalogue, decimal agreed) =>
        catalogue is ChargeModel.Flat ? new ChargeModel.Flat(agreed) : new ChargeModel.PerUnit(agreed);

    /// <summary>The one figure; null when nothing is agreed, or it takes more to say it.</summary>
    public static decimal? Figure(SubscribedComponent component) => (component.Price.Model, component.Agreed, component.AgreedTerms) switch
    {
        (ChargeModel.Flat, ChargeModel.Flat flat, null) => flat.Amount,
        (ChargeModel.PerUnit, ChargeModel.PerUnit perUnit, null) => perUnit.UnitPrice,
        _ => null,
    };
}
