using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>Loads what taxes are decided by, for whoever draws invoices.</summary>
public static class StoredTaxes
{
    /// <summary>All rates and territories.</summary>
    public static async Task<TaxTable> Table(NpgsqlConnection connection, CancellationToken cancel) =>
        new(await Rates(connection, cancel), await Territories(connection, cancel));

    /// <summary>Our legal entities as sellers.</summary>
    public static async Task<IReadOnlyDictionary<LegalEntityId, Seller>> Sellers(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<SellerRow>(new CommandDefinition(
            """
            select entity.id, entity.country, seller.supply_date, coalesce(seller.one_stop_shop, false) as one_stop_shop, seller.vat_number
            from customers.legal_entity entity
            left join tax.seller on seller.legal_entity_id = entity.id
            """, cancellationToken: cancel));
        return rows.ToDictionary(row => new LegalEntityId(row.Id), row => new Seller(
            row.Country, row.OneStopShop, row.SupplyDate is null ? SupplyDateRule.PeriodEnd : Words.Parse<SupplyDateRule>(row.SupplyDate),
            row.VatNumber is null ? null : VatNumber.Read(row.VatNumber).Number));
    }

    /// <summary>
    /// The tax profiles of the customers behind the billing accounts of one legal entity, from <paramref name="first"/> to
    /// <paramref name="last"/>. A customer without a profile is missing, though its country may be known: it is not enough to
    /// tell a business from a consumer.
    /// </summary>
    public static async Task<IReadOnlyDictionary<CustomerId, TaxProfile>> Profiles(
        NpgsqlConnection connection, Guid entity, Guid first, Guid last, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<TaxProfileRow>(new CommandDefinition(
            $"""
            select distinct on (profile.customer_id) {TaxProfileRow.Columns}
            from customers.billing_account account
            join tax.profile on profile.customer_id = account.customer_id
            where account.id between @first and @last and account.legal_entity_id = @entity
            """, new { entity, first, last }, cancellationToken: cancel));
        return rows.ToDictionary(row => new CustomerId(row.CustomerId), row => row.Profile());
    }

    internal static async Task<IReadOnlyList<TaxRate>> Rates(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(string Code, decimal Rate, DateOnly From, DateOnly? Until, string Category)>(new CommandDefinition(
            "select code, rate, from_date, until_date, category from tax.rate where tenant = 1", cancellationToken: cancel));
        return [.. rows.Select(row => new TaxRate(row.Code, row.Rate, row.From, row.Until, TaxCategories.OfLetter(row.Category)))];
    }

    internal static async Task<IReadOnlyList<TaxTerritory>> Territories(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(string Country, string Word, string Name, string Postcodes)>(new CommandDefinition(
            "select country, word, name, postcodes from tax.territory where tenant = 1 order by country, word", cancellationToken: cancel));
        return [.. rows.Select(row => new TaxTerritory(row.Country, row.Word, row.Name, row.Postcodes))];
    }

    private sealed record SellerRow(Guid Id, string Country, string? SupplyDate, bool OneStopShop, string? VatNumber);
}

/// <summary>A row of <c>tax.profile</c>.</summary>
internal sealed record TaxProfileRow(
    Guid CustomerId, string Country, string Postcode, string Region, bool Business, string? VatNumber, string? VatCheck, DateOnly? VatCheckedOn,
    string VatConsultation, string? ExemptionNo, DateOnly? ExemptionFrom, DateOnly? ExemptionUntil)
{
    public const string Columns =
        "profile.customer_id, profile.country, profile.postcode, profile.region, profile.business, profile.vat_number, profile.vat_check, "
        + "profile.vat_checked_on, profile.vat_consultation, profile.exemption_no, profile.exemption_from, profile.exemption_until";

    /// <summary>A number that was stored past our door and does not read leaves the country open, so that nothing is decided by it.</summary>
    public TaxProfile Profile()
    {
        var exemption = ExemptionNo is null ? null : new Exemption(ExemptionNo, ExemptionFrom!.Value, ExemptionUntil);
        if (VatNumber is null) return new TaxProfile(Country, Postcode, Region, Business, null, exemption);
        var (number, _) = Domain.Tax.VatNumber.Read(VatNumber);
        return number is null || EuVat.AreaOf(number.Country) != EuVat.AreaOf(Country)
            ? new TaxProfile("", Postcode, Region, Business, null, exemption)
            : new TaxProfile(
                Country, Postcode, Region, Business, new VatEvidence(number, Words.Parse<VatCheckKind>(VatCheck!), VatCheckedOn, VatConsultation), exemption);
    }
}
