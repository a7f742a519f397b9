using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Application.Usage;
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

        var (meters, problems) = await Meters.Add(connection, declared.Meters, cancel);
        if (problems.Count > 0) return new BooksOutcome.Refused(problems);
        await AddLegalEntities(connection, difference.LegalEntities, cancel);
        await CompleteLegalEntities(connection, difference.Completed, cancel);
        var (chart, contradictions) = await ChartInBooks.Save(connection, declared.LegalEntities, cancel);
        if (contradictions.Count > 0) return new BooksOutcome.Refused(contradictions);
        await AddTaxRates(connection, difference, cancel);
        await AddPlans(connection, difference, cancel);
        await SaveTaxSettings(connection, difference.TaxSettings, declared.Exchange, cancel);
        await DiscountBook.Insert(connection, difference.Discounts, cancel);
        await DiscountBook.End(connection, difference.EndedDiscounts, cancel);
        await transaction.CommitAsync(cancel);
        var prices = difference.Plans.Sum(plan => plan.Prices.Count) + difference.Versions.Sum(version => version.Prices.Count);
        var rates = difference.TaxRates.Count + difference.Ended.Count;
        return new BooksOutcome.Done(
            difference.LegalEntities.Count + difference.Completed.Count, rates, difference.Plans.Count, prices, difference.TaxSettings.Count) with
        {
            Meters = meters,
            ChartAccounts = chart,
            Products = difference.Products.Count,
            Versions = difference.Versions.Count,
            Discounts = difference.Discounts.Count + difference.EndedDiscounts.Count,
        };
    }

    private static async Task<BooksFile> Stored(NpgsqlConnection connection, CancellationToken cancel)
    {
        var plans = await StoredPlans.Load(connection, null, cancel);
        var discounts = await DiscountBook.Load(connection, cancel);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select entity.code, name, currency, country, series, seller.supply_date, seller.one_stop_shop, seller.vat_number as tax_number,
                   street, city, postcode, region, entity.vat_number, registration, email, electronic_address, electronic_scheme, iban, bic, bank_name
            from customers.legal_entity entity left join tax.seller on seller.legal_entity_id = entity.id where entity.tenant = 1;
            select code, rate, from_date, until_date, category from tax.rate where tenant = 1;
            select code, name from catalog.product where tenant = 1;
            """, cancellationToken: cancel));
        var entities = await rows.ReadAsync<EntityRow>();
        var rates = await rows.ReadAsync<(string Code, decimal Rate, DateOnly From, DateOnly? Until, string Category)>();
        var products = (await rows.ReadAsync<(string Code, string Name)>()).AsList();
        return new BooksFile(
            [.. entities.Select(row => row.Declared())],
            [.. rates.Select(row => new TaxRate(row.Code, row.Rate, row.From, row.Until, TaxCategories.OfLetter(row.Category)))],
            [.. plans.Select(Published)]) with
        {
            Products = [.. products.Select(row => new DeclaredProduct(row.Code, row.Name))],
            Discounts = discounts,
        };
    }

    // A draft is nobody's promise: what a file declares under its number takes its place.
    private static DeclaredPlan Published(StoredPlan plan)
    {
        var versions = plan.Versions.Where(version => version.Status == VersionStatus.Published).Select(version => version.Content).ToList();
        return new DeclaredPlan(plan.Code, plan.Name, [.. versions.SelectMany(version => version.Prices)]) { Product = plan.Product, Versions = versions };
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
            difference.Ended.Select(rate => new { rate.Code, rate.From, rate.Until }), cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into tax.rate (code, rate, from_date, until_date, category) values (@Code, @Rate, @From, @Until, @Letter)",
            difference.TaxRates.Select(rate => new { rate.Code, rate.Rate, rate.From, rate.Until, Letter = rate.Category.Letter() }), cancellationToken: cancel));
    }

    private static async Task AddPlans(NpgsqlConnection connection, BooksDifference difference, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into catalog.product (id, code, name) values (@Id, @Code, @Name)",
            difference.Products.Select(product => new { Id = Guid.CreateVersion7(), product.Code, product.Name }), cancellationToken: cancel));
        foreach (var plan in difference.Plans)
        {
            var id = await WriteVersion.Plan(connection, plan.Code, plan.Name, plan.Product, cancel);
            foreach (var version in plan.Versions) await AddVersion(connection, id, version, cancel);
        }
        foreach (var version in difference.Versions)
        {
            var id = await connection.QuerySingleAsync<Guid>(new CommandDefinition(
                "select id from catalog.plan where tenant = 1 and code = @PlanCode", new { version.PlanCode }, cancellationToken: cancel));
            await AddVersion(connection, id, version, cancel);
        }
    }

    private static async Task AddVersion(NpgsqlConnection connection, Guid plan, PlanVersion version, CancellationToken cancel)
    {
        await WriteVersion.Draft(connection, plan, version, cancel);
        await WriteVersion.Publish(connection, plan, version, "books", cancel);
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
        string Code, string Name, string Currency, string Country, string Series, string? SupplyDate, bool? OneStopShop, string? TaxNumber,
        string Street, string City, string Postcode, string Region, string VatNumber, string Registration, string Email, string ElectronicAddress,
        string ElectronicScheme, string Iban, string Bic, string BankName)
    {
        public DeclaredLegalEntity Declared() => new(
            Code, Name, Domain.Currency.Of(Currency), Country, Series,
            SupplyDate is null ? null : new DeclaredSeller(Words.Parse<SupplyDateRule>(SupplyDate), OneStopShop!.Value, TaxNumber))
        {
            Details = new(Street, City, Postcode, Region, VatNumber, Registration, Email, ElectronicAddress, ElectronicScheme),
            Bank = new(Iban, Bic, BankName),
        };
    }
}

/// <summary>What came of setting up the books.</summary>
public abstract record BooksOutcome
{
    private BooksOutcome() { }

    /// <summary>What was added; all zero when everything stood already. An ended tax rate counts as one.</summary>
    public sealed record Done(int LegalEntities, int TaxRates, int Plans, int Prices, int TaxSettings = 0) : BooksOutcome
    {
        /// <summary>New products.</summary>
        public int Products { get; init; }

        /// <summary>New versions of plans that stood already.</summary>
        public int Versions { get; init; }

        /// <summary>New discounts, and open ones that were given their end.</summary>
        public int Discounts { get; init; }

        /// <summary>Accounts that a legal entity calls otherwise now.</summary>
        public int ChartAccounts { get; init; }

        /// <summary>Meters that were added.</summary>
        public int Meters { get; init; }
    }

    /// <summary>Something declared contradicts what is published. Nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<string> Problems) : BooksOutcome;
}
