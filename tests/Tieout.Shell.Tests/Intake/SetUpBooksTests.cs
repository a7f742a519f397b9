using Tieout.Application.Intake;
using Tieout.Application.Settings;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Intake;

public sealed class SetUpBooksTests(PostgresFixture postgres)
{
    [Fact]
    public async Task The_same_books_again_add_nothing()
    {
        await using var database = await postgres.CreateDatabase();
        (await Run(database, Books.Small)).ShouldBe(new BooksOutcome.Done(2, 1, 1, 2));
        (await Run(database, Books.Small)).ShouldBe(new BooksOutcome.Done(0, 0, 0, 0));
    }

    [Fact]
    public async Task What_was_unknown_of_a_legal_entity_is_filled_in_and_then_stays()
    {
        await using var database = await postgres.CreateDatabase();
        await Run(database, Books.Small);
        var filled = Entity("street: Main 1, vat-number: DE136695976, iban: DE89 3704 0044 0532 0130 00, bic: COBADEFF, electronic-address: DE136695976, electronic-scheme: 9930");
        (await Run(database, filled)).ShouldBe(new BooksOutcome.Done(1, 0, 0, 0, 1));
        (await Run(database, filled)).ShouldBe(new BooksOutcome.Done(0, 0, 0, 0));
        (await Run(database, Entity("city: Hamburg"))).ShouldBe(new BooksOutcome.Done(1, 0, 0, 0), "a field the file leaves out is left as it stands");
        (await Run(database, Books.Small)).ShouldBe(new BooksOutcome.Done(0, 0, 0, 0));
        (await Run(database, Entity("street: Main 2"))).ShouldBeOfType<BooksOutcome.Refused>().Problems.ShouldHaveSingleItem().ShouldContain("'street'");
        (await database.Scalar<string>(
            "select concat_ws('|', street, city, vat_number, iban, bic, electronic_address, electronic_scheme) from customers.legal_entity where code = 'DE'"))
            .ShouldBe("Main 1|Hamburg|DE136695976|DE89370400440532013000|COBADEFF|DE136695976|9930");

        static string Entity(string more) => Books.Small.Replace("series: DE}", $"series: DE, {more}}}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iban: DE88370400440532013000", "legal-entities[2].iban: this has check digits that do not fit")]
    [InlineData("bic: COBA", "legal-entities[2].bic: this is not a BIC")]
    [InlineData("vat-number: 136695976", "legal-entities[2].vat-number: this is not written as a VAT number")]
    [InlineData("email: nobody", "legal-entities[2].email: this is not an email address")]
    [InlineData("electronic-scheme: 9930", "come together")]
    [InlineData("street: 4111 1111 1111 1111", "payment card")]
    public void Details_that_cannot_be_meant_are_refused_with_their_key(string more, string problem) =>
        Should.Throw<SettingsException>(() => BooksFile.Of(Books.Yaml(Books.Small.Replace("series: DE}", $"series: DE, {more}}}", StringComparison.Ordinal))))
            .Message.ShouldContain(problem);

    [Theory]
    [InlineData("update customers.legal_entity set iban = 'DE88370400440532013000'")]
    [InlineData("update customers.legal_entity set iban = 'X'")]
    [InlineData("update customers.legal_entity set bic = 'COBA'")]
    [InlineData("update customers.legal_entity set vat_number = '136695976'")]
    [InlineData("update customers.legal_entity set electronic_scheme = '9930'")]
    [InlineData("update customers.legal_entity set electronic_address = 'x'")]
    [InlineData("update customers.legal_entity set email = 'nobody'")]
    public async Task The_database_refuses_the_same(string change)
    {
        await using var database = await postgres.CreateDatabase();
        await Run(database, Books.Small);
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => database.Execute(change))).SqlState.ShouldBe(Npgsql.PostgresErrorCodes.CheckViolation);
        await database.Execute("update customers.legal_entity set iban = 'GB82WEST12345698765432', bic = 'COBADEFFXXX', vat_number = 'EL094259216'");
    }

    [Theory]
    [InlineData("unit-price: 99", "unit-price: 98", "published as flat 99")]
    [InlineData("recognition: deferred", "recognition: immediate", "component 'seats' in USD is published as per-unit 12.5, deferred")]
    [InlineData("rate: 0.0725", "rate: 0.08", "Tax code 'T' from 2020-01-01 is published as 0.0725, open")]
    [InlineData("name: Team", "name: Teams", "Plan 'TEAM' is published")]
    [InlineData("name: Inc., currency: USD", "name: Inc., currency: EUR", "Legal entity 'US' stands as")]
    [InlineData("from: 2020-01-01", "from: 2021-01-01", "already have the rate from 2020-01-01")]
    [InlineData(
        "code: DE, name: GmbH, currency: EUR, country: DE, series: DE", "code: FR, name: SAS, currency: EUR, country: FR, series: DE",
        "the series 'DE', which numbers the invoices of 'DE'")]
    public async Task What_is_published_never_changes_and_nothing_is_half_written(string from, string to, string problem)
    {
        await using var database = await postgres.CreateDatabase();
        await Run(database, Books.Small);
        var changed = Books.Small.Replace(from, to, StringComparison.Ordinal)
            + "\n  - {code: NEW, name: New, prices: [{component: base, model: flat, currency: USD, unit-price: 1, recognition: immediate, description: x}]}";
        (await Run(database, changed)).ShouldBeOfType<BooksOutcome.Refused>().Problems.ShouldHaveSingleItem().ShouldContain(problem);
        (await Books.Count(database, "catalog.plan")).ShouldBe(1);
    }

    [Fact]
    public async Task A_new_rate_begins_where_the_open_one_is_given_its_end()
    {
        await using var database = await postgres.CreateDatabase();
        await Run(database, Books.Small);
        var changed = Books.Small.Replace(
            "from: 2020-01-01}", "from: 2020-01-01, until: 2027-01-01}\n  - {code: T, rate: 0.08, from: 2027-01-01}", StringComparison.Ordinal);
        (await Run(database, changed)).ShouldBe(new BooksOutcome.Done(0, 2, 0, 0));
        (await Run(database, changed)).ShouldBe(new BooksOutcome.Done(0, 0, 0, 0));
        (await Run(database, Books.Small)).ShouldBeOfType<BooksOutcome.Refused>();
    }

    [Theory]
    [InlineData("series: US}", "series: USSR}", "legal-entities[1].series: capital letters and digits only, at most 3")]
    [InlineData("country: DE, series: DE", "country: DE, series: US", "share the series 'US'")]
    [InlineData("rate: 0.0725", "rate: 19", "a rate is a fraction: 0.19 for 19 %")]
    [InlineData("rate: 0.0725", "rate: -0.1", "below zero")]
    [InlineData("model: flat", "model: graduated", "'graduated' is not one of flat, per-unit")]
    [InlineData("currency: USD, country: US", "currency: usd, country: US", "three capital letters")]
    [InlineData("component: seats", "component: base", "component 'base' has two prices in USD")]
    [InlineData("code: DE, name", "code: US, name", "'US' is declared twice")]
    [InlineData("name: Team", "nmae: Team", "plans[1].nmae: unknown key")]
    [InlineData("from: 2020-01-01}", "from: 2020-01-01}\n  - {code: T, rate: 0.1, from: 2021-01-01}", "in force on some of these days")]
    public void A_file_that_contradicts_itself_is_refused_with_its_line(string from, string to, string problem)
    {
        var message = Should.Throw<SettingsException>(() => BooksFile.Of(Books.Yaml(Books.Small.Replace(from, to, StringComparison.Ordinal)))).Message;
        message.ShouldStartWith("test.yaml, line ");
        message.ShouldContain(problem);
    }

    private static Task<BooksOutcome> Run(TestDatabase database, string yaml) =>
        new SetUpBooks(database.Source).Run(BooksFile.Of(Books.Yaml(yaml)), CancellationToken.None);
}
