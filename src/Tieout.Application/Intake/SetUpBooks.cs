using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Exchange;
using Tieout.Domain.Tax;

namespace Tieout.Application.Intake;

/// <summary>
/// Adds the legal entities, tax rates, plans and prices of a books file. The same file again adds nothing; what is published
/// never changes, except that an open tax rate may be given its end.
/// </summary>
public sealed class SetUpBooks(NpgsqlDataSource database)
{
    /// <summary>Adds all of it in one transaction, or nothing.</summary>
    public async Task<BooksOutcome> Run(BooksFile declared, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IntakeLock.Take(connection, cancel);
        var difference = BooksDifference.Between(declared, await Stored(connection, cancel));
        if (difference.Problems.Count > 0) return new BooksOutcome.Refused(difference.Problems);

        await AddLegalEntities(connection, difference.LegalEntities, cancel);
        await AddTaxRates(connection, difference, cancel);
        await AddPlans(connection, difference, cancel);
        await SaveTaxSettings(connection, difference.TaxSettings, declared.Exchange, cancel);
        await transaction.CommitAsync(cancel);
        return new BooksOutcome.Done(
            difference.LegalEntities.Count, difference.TaxRates.Count + difference.Ended.Count, difference.Plans.Count,
            difference.Plans.Sum(plan => plan.Prices.Count) + difference.Prices.Count, difference.TaxSettings.Count);
    }

    /// <summary>How the database and the books file write a charge model.</summary>
    internal static string Word(ChargeModel model) => model is ChargeModel.Flat ? "flat" : "per-unit";

    /// <summary>The price of a full month, of the whole or of a unit.</summary>
    internal static decimal UnitPrice(ChargeModel model) => model switch
    {
        ChargeModel.Flat flat => flat.Amount,
        ChargeModel.PerUnit perUnit => perUnit.UnitPrice,
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "Not a model of the books file."),
    };

    /// <summary>How the database and the books file write a recognition.</summary>
    internal static string Word(Recognition recognition) => recognition == Recognition.Immediate ? "immediate" : "deferred";

    private static async Task<BooksFile> Stored(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select entity.code, name, currency, country, series, seller.supply_date, seller.one_stop_shop, seller.vat_number
            from customers.legal_entity entity left join tax.seller on seller.legal_entity_id = entity.id where entity.tenant = 1;
            select code, rate, from_date, until_date, category from tax.rate where tenant = 1;
            select code, name from catalog.plan where tenant = 1;
            select plan.code as plan, price.component, price.model, price.currency, price.unit_price, price.recognition, price.description
            from catalog.price price join catalog.plan plan on plan.id = price.plan_id where price.tenant = 1;
            """, cancellationToken: cancel));
        var entities = await rows.ReadAsync<EntityRow>();
        var rates = await rows.ReadAsync<(string Code, decimal Rate, DateOnly From, DateOnly? Until, string Category)>();
        var plans = await rows.ReadAsync<(string Code, string Name)>();
        var prices = (await rows.ReadAsync<PriceRow>())
            .Select(row => new Price(
                row.Plan, row.Component,
                row.Model == "flat" ? new ChargeModel.Flat(row.UnitPrice) : new ChargeModel.PerUnit(row.UnitPrice), Currency.Of(row.Currency),
                row.Recognition == "immediate" ? Recognition.Immediate : Recognition.Deferred, row.Description))
            .ToLookup(price => price.PlanCode, StringComparer.Ordinal);
        return new BooksFile(
            [.. entities.Select(row => row.Declared())],
            [.. rates.Select(row => new TaxRate(row.Code, row.Rate, row.From, row.Until, TaxCategories.OfLetter(row.Category)))],
            [.. plans.Select(row => new DeclaredPlan(row.Code, row.Name, [.. prices[row.Code]]))]);
    }

    private static Task AddLegalEntities(NpgsqlConnection connection, IReadOnlyList<DeclaredLegalEntity> entities, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into customers.legal_entity (id, code, name, currency, country, series) values (@Id, @Code, @Name, @Currency, @Country, @Series)",
            entities.Select(entity => new
            {
                Id = Guid.CreateVersion7(),
                entity.Code,
                entity.Name,
                Currency = entity.Currency.Code,
                entity.Country,
                entity.Series,
            }),
            cancellationToken: cancel));

    private static async Task AddTaxRates(NpgsqlConnection connection, BooksDifference difference, CancellationToken cancel)
    {
        // Ends first: the database refuses two rates in force on one day, even for a moment.
        await connection.ExecuteAsync(new CommandDefinition(
            "update tax.rate set until_date = @Until where tenant = 1 and code = @Code and from_date = @From",
            difference.Ended.Select(rate => new { rate.Code, rate.From, rate.Until }), cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into tax.rate (code, rate, from_date, until_date, category) values (@Code, @Rate, @From, @Until, @Letter)",
            difference.TaxRates.Select(rate => new { rate.Code, rate.Rate, rate.From, rate.Until, Letter = rate.Category.Letter() }), cancellationToken: cancel));
    }

    private static async Task AddPlans(NpgsqlConnection connection, BooksDifference difference, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into catalog.plan (id, code, name) values (@Id, @Code, @Name)",
            difference.Plans.Select(plan => new { Id = Guid.CreateVersion7(), plan.Code, plan.Name }), cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into catalog.price (id, plan_id, component, model, currency, unit_price, recognition, description)
            select @Id, id, @Component, @Model, @Currency, @UnitPrice, @Recognition, @Description
            from catalog.plan where tenant = 1 and code = @PlanCode
            """,
            difference.Plans.SelectMany(plan => plan.Prices).Concat(difference.Prices).Select(price => new
            {
                Id = Guid.CreateVersion7(),
                price.PlanCode,
                price.Component,
                Model = Word(price.Model),
                Currency = price.Currency.Code,
                UnitPrice = UnitPrice(price.Model),
                Recognition = Word(price.Recognition),
                price.Description,
            }), cancellationToken: cancel));
    }

    private static async Task SaveTaxSettings(
        NpgsqlConnection connection, IReadOnlyList<DeclaredLegalEntity> entities, ExchangePolicy? exchange, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tax.seller (legal_entity_id, supply_date, one_stop_shop, vat_number)
            select id, @SupplyDate, @OneStopShop, @VatNumber from customers.legal_entity where tenant = 1 and code = @Code
            on conflict (legal_entity_id) do update set supply_date = excluded.supply_date, one_stop_shop = excluded.one_stop_shop,
              vat_number = excluded.vat_number, changed_at = now()
            """,
            entities.Select(entity => new { entity.Code, SupplyDate = Words.Of(entity.Tax!.SupplyDate), entity.Tax.OneStopShop, entity.Tax.VatNumber }),
            cancellationToken: cancel));
        if (exchange is null) return;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into exchange.policy (tenant, type, within_days, pivot) values (1, @Type, @WithinDays, @pivot)
            on conflict (tenant) do update set type = excluded.type, within_days = excluded.within_days, pivot = excluded.pivot, changed_at = now()
            """, new { exchange.Type, exchange.WithinDays, pivot = exchange.Pivot?.Code }, cancellationToken: cancel));
    }

    private sealed record EntityRow(
        string Code, string Name, string Currency, string Country, string Series, string? SupplyDate, bool? OneStopShop, string? VatNumber)
    {
        public DeclaredLegalEntity Declared() => new(
            Code, Name, Domain.Currency.Of(Currency), Country, Series,
            SupplyDate is null ? null : new DeclaredSeller(Words.Parse<SupplyDateRule>(SupplyDate), OneStopShop!.Value, VatNumber));
    }

    private sealed record PriceRow(
        string Plan, string Component, string Model, string Currency, decimal UnitPrice, string Recognition, string Description);
}

/// <summary>What came of setting up the books.</summary>
public abstract record BooksOutcome
{
    private BooksOutcome() { }

    /// <summary>What was added; all zero when everything stood already. An ended tax rate counts as one.</summary>
    public sealed record Done(int LegalEntities, int TaxRates, int Plans, int Prices, int TaxSettings = 0) : BooksOutcome;

    /// <summary>Something declared contradicts what is published. Nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<string> Problems) : BooksOutcome;
}
