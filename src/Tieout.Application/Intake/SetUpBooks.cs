using Dapper;
using Npgsql;
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

        await AddLegalEntities(connection, difference.LegalEntities, cancel);
        await CompleteLegalEntities(connection, difference.Completed, cancel);
        await AddTaxRates(connection, difference, cancel);
        await AddPlans(connection, difference, cancel);
        await transaction.CommitAsync(cancel);
        return new BooksOutcome.Done(
            difference.LegalEntities.Count + difference.Completed.Count, difference.TaxRates.Count + difference.Ended.Count, difference.Plans.Count,
            difference.Plans.Sum(plan => plan.Prices.Count) + difference.Prices.Count);
    }

    /// <summary>How the database and the books file write a charge model.</summary>
    internal static string Word(ChargeModel model) => model == ChargeModel.Flat ? "flat" : "per-unit";

    /// <summary>How the database and the books file write a recognition.</summary>
    internal static string Word(Recognition recognition) => recognition == Recognition.Immediate ? "immediate" : "deferred";

    private static async Task<BooksFile> Stored(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select code, name, currency, country, series, street, city, postcode, region, vat_number, registration, email, electronic_address,
                   electronic_scheme, iban, bic, bank_name
            from customers.legal_entity where tenant = 1;
            select code, rate, from_date, until_date from tax.rate where tenant = 1;
            select code, name from catalog.plan where tenant = 1;
            select plan.code as plan, price.component, price.model, price.currency, price.unit_price, price.recognition, price.description
            from catalog.price price join catalog.plan plan on plan.id = price.plan_id where price.tenant = 1;
            """, cancellationToken: cancel));
        var entities = await rows.ReadAsync<EntityRow>();
        var rates = await rows.ReadAsync<(string Code, decimal Rate, DateOnly From, DateOnly? Until)>();
        var plans = await rows.ReadAsync<(string Code, string Name)>();
        var prices = (await rows.ReadAsync<PriceRow>())
            .Select(row => new Price(
                row.Plan, row.Component, row.Model == "flat" ? ChargeModel.Flat : ChargeModel.PerUnit, Currency.Of(row.Currency), row.UnitPrice,
                row.Recognition == "immediate" ? Recognition.Immediate : Recognition.Deferred, row.Description))
            .ToLookup(price => price.PlanCode, StringComparer.Ordinal);
        return new BooksFile(
            [.. entities.Select(row => row.Declared)],
            [.. rates.Select(row => new TaxRate(row.Code, row.Rate, row.From, row.Until))],
            [.. plans.Select(row => new DeclaredPlan(row.Code, row.Name, [.. prices[row.Code]]))]);
    }

    private static Task AddLegalEntities(NpgsqlConnection connection, IReadOnlyList<DeclaredLegalEntity> entities, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into customers.legal_entity (id, code, name, currency, country, series, street, city, postcode, region, vat_number, registration,
              email, electronic_address, electronic_scheme, iban, bic, bank_name)
            values (@Id, @Code, @Name, @Currency, @Country, @Series, @Street, @City, @Postcode, @Region, @VatNumber, @Registration,
              @Email, @ElectronicAddress, @ElectronicScheme, @Iban, @Bic, @Bank)
            """,
            entities.Select(Parameters), cancellationToken: cancel));

    // An empty field of the file leaves the stored one alone; a filled one differs from it only where it was empty.
    private static Task CompleteLegalEntities(NpgsqlConnection connection, IReadOnlyList<DeclaredLegalEntity> entities, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update customers.legal_entity set
              street = coalesce(nullif(@Street, ''), street), city = coalesce(nullif(@City, ''), city),
              postcode = coalesce(nullif(@Postcode, ''), postcode), region = coalesce(nullif(@Region, ''), region),
              vat_number = coalesce(nullif(@VatNumber, ''), vat_number), registration = coalesce(nullif(@Registration, ''), registration),
              email = coalesce(nullif(@Email, ''), email), electronic_address = coalesce(nullif(@ElectronicAddress, ''), electronic_address),
              electronic_scheme = coalesce(nullif(@ElectronicScheme, ''), electronic_scheme), iban = coalesce(nullif(@Iban, ''), iban),
              bic = coalesce(nullif(@Bic, ''), bic), bank_name = coalesce(nullif(@Bank, ''), bank_name)
            where tenant = 1 and code = @Code
            """,
            entities.Select(Parameters), cancellationToken: cancel));

    private static object Parameters(DeclaredLegalEntity entity) => new
    {
        Id = Guid.CreateVersion7(),
        entity.Code,
        entity.Name,
        Currency = entity.Currency.Code,
        entity.Country,
        entity.Series,
        entity.Details.Street,
        entity.Details.City,
        entity.Details.Postcode,
        entity.Details.Region,
        entity.Details.VatNumber,
        entity.Details.Registration,
        entity.Details.Email,
        entity.Details.ElectronicAddress,
        entity.Details.ElectronicScheme,
        entity.Bank.Iban,
        entity.Bank.Bic,
        entity.Bank.Bank,
    };

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

    private sealed record EntityRow(
        string Code, string Name, string Currency, string Country, string Series, string Street, string City, string Postcode, string Region,
        string VatNumber, string Registration, string Email, string ElectronicAddress, string ElectronicScheme,
        string Iban, string Bic, string BankName)
    {
        public DeclaredLegalEntity Declared => new(Code, Name, Domain.Currency.Of(Currency), Country, Series)
        {
            Details = new(Street, City, Postcode, Region, VatNumber, Registration, Email, ElectronicAddress, ElectronicScheme),
            Bank = new(Iban, Bic, BankName),
        };
    }

    private sealed record PriceRow(
        string Plan, string Component, string Model, string Currency, decimal UnitPrice, string Recognition, string Description);
}

/// <summary>What came of setting up the books.</summary>
public abstract record BooksOutcome
{
    private BooksOutcome() { }

    /// <summary>What was added; all zero when everything stood already. An ended tax rate and a legal entity that was completed count as one.</summary>
    public sealed record Done(int LegalEntities, int TaxRates, int Plans, int Prices) : BooksOutcome;

    /// <summary>Something declared contradicts what is published. Nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<string> Problems) : BooksOutcome;
}
