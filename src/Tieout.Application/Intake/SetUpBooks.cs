using Dapper;
using Npgsql;
using Tieout.Application.Usage;
using Tieout.Domain;
using Tieout.Domain.Catalog;
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

        var (meters, problems) = await Meters.Add(connection, declared.Meters, cancel);
        if (problems.Count > 0) return new BooksOutcome.Refused(problems);
        await AddLegalEntities(connection, difference.LegalEntities, cancel);
        await AddTaxRates(connection, difference, cancel);
        await AddPlans(connection, difference, cancel);
        await transaction.CommitAsync(cancel);
        var done = new BooksOutcome.Done(
            difference.LegalEntities.Count, difference.TaxRates.Count + difference.Ended.Count, difference.Plans.Count,
            difference.Plans.Sum(plan => plan.Prices.Count) + difference.Prices.Count);
        return done with { Meters = meters };
    }

    /// <summary>How the database and the books file write a charge model.</summary>
    internal static string Word(ChargeModel model) => model == ChargeModel.Flat ? "flat" : "per-unit";

    /// <summary>How the database and the books file write a recognition.</summary>
    internal static string Word(Recognition recognition) => recognition == Recognition.Immediate ? "immediate" : "deferred";

    private static async Task<BooksFile> Stored(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select code, name, currency, country, series from customers.legal_entity where tenant = 1;
            select code, rate, from_date, until_date from tax.rate where tenant = 1;
            select code, name from catalog.plan where tenant = 1;
            select plan.code as plan, price.component, price.model, price.currency, price.unit_price, price.recognition, price.description
            from catalog.price price join catalog.plan plan on plan.id = price.plan_id where price.tenant = 1;
            """, cancellationToken: cancel));
        var entities = await rows.ReadAsync<(string Code, string Name, string Currency, string Country, string Series)>();
        var rates = await rows.ReadAsync<(string Code, decimal Rate, DateOnly From, DateOnly? Until)>();
        var plans = await rows.ReadAsync<(string Code, string Name)>();
        var prices = (await rows.ReadAsync<PriceRow>())
            .Select(row => new Price(
                row.Plan, row.Component, row.Model == "flat" ? ChargeModel.Flat : ChargeModel.PerUnit, Currency.Of(row.Currency), row.UnitPrice,
                row.Recognition == "immediate" ? Recognition.Immediate : Recognition.Deferred, row.Description))
            .ToLookup(price => price.PlanCode, StringComparer.Ordinal);
        return new BooksFile(
            [.. entities.Select(row => new DeclaredLegalEntity(row.Code, row.Name, Currency.Of(row.Currency), row.Country, row.Series))],
            [.. rates.Select(row => new TaxRate(row.Code, row.Rate, row.From, row.Until))],
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
            difference.Ended, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into tax.rate (code, rate, from_date, until_date) values (@Code, @Rate, @From, @Until)",
            difference.TaxRates, cancellationToken: cancel));
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
                price.UnitPrice,
                Recognition = Word(price.Recognition),
                price.Description,
            }), cancellationToken: cancel));
    }

    private sealed record PriceRow(
        string Plan, string Component, string Model, string Currency, decimal UnitPrice, string Recognition, string Description);
}

/// <summary>What came of setting up the books.</summary>
public abstract record BooksOutcome
{
    private BooksOutcome() { }

    /// <summary>What was added; all zero when everything stood already. An ended tax rate counts as one.</summary>
    public sealed record Done(int LegalEntities, int TaxRates, int Plans, int Prices) : BooksOutcome
    {
        /// <summary>Meters that were added.</summary>
        public int Meters { get; init; }
    }

    /// <summary>Something declared contradicts what is published. Nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<string> Problems) : BooksOutcome;
}
