using Tieout.Application.Intake;
using Tieout.Application.Settings;
using Tieout.Domain.Intake;

namespace Tieout.Shell.Tests.Intake;

public class MappingFileTests
{
    [Fact]
    public void Reads_every_way_of_giving_a_value()
    {
        var mapping = MappingFile.Of(Books.Yaml(
            """
            file: {delimiter: ";", encoding: windows-1252, decimal-point: ",", date-format: dd.MM.yyyy}
            customer: {code: {column: id}, name: {column: name, otherwise: Nobody}, country: US}
            account:
              code: {column: id}
              legal-entity: {column: id, hash-split: {US: 60, DE: 40}}
              currency: {field: legal-entity, map: {US: USD, DE: EUR}}
              tax-code: T
            subscription: {code: {column: id}, plan: {column: Contract, map: {Month-to-month: M, One year: A}, otherwise: B}, start: 2026-01-01}
            components:
              - {component: base, agreed-price: {column: price}, when: {column: kind, is-not: [free, "no"]}}
            check: [{column: total, type: decimal, required: false}]
            """));
        mapping.Format.ShouldBe(new FileFormat(';', "windows-1252", ',', "dd.MM.yyyy"));
        mapping.Customer.Name.ShouldBe(new Value.Column("name", "Nobody"));
        mapping.Account!.LegalEntity.ShouldBeOfType<Value.HashSplit>().Shares.ShouldBe([new("US", 60), new("DE", 40)]);
        mapping.Account.Currency.ShouldBeOfType<Value.Mapped>().From.ShouldBeOfType<Value.OfLegalEntity>();
        mapping.Account.TermDays.ShouldBe(new Value.Constant("30"));
        mapping.Components[0].When!.Holds("no").ShouldBeFalse();
        mapping.Checks.ShouldBe([new("total", CheckedType.Decimal, false)]);
        mapping.Columns.ShouldBe(["id", "name", "Contract", "price", "kind", "total"]);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("customer: {code: {column: id}, name: x", "this is not YAML")]
    [InlineData("- a", "line 1: the file must begin with keys")]
    [InlineData("customer: {code: {column: id}}", "line 1, customer: 'name' is missing")]
    [InlineData("customer:\n  code: {column: id}\n  nmae: x", "line 3, customer.nmae: unknown key. Allowed here: code, name, country")]
    [InlineData("customer: {code: id, name: x}", "customer.code: every row would have the same few codes. For the cell of a column write {column: id}")]
    [InlineData("customer: {code: {column: id}, name: x}\ncustomer: {}", "line 2")]
    [InlineData("customer: {code: {column: id}, name: x}\nfile: {delimiter: ab}", "line 2, file.delimiter: 'ab' is not one of")]
    [InlineData("customer: {code: {column: id}, name: x}\nfile: {date-format: HH}", "line 2, file.date-format")]
    [InlineData("customer: {code: {column: id}, name: {field: legal-entity}}", "only currency, tax-code and plan may follow")]
    [InlineData("customer: {code: {column: id}, name: {column: n, map: {}}}", "a map needs at least one entry")]
    [InlineData("customer: {code: {column: id}, name: {column: n, hash-split: {a: 0}}}", "a whole number from 1")]
    [InlineData("customer: {code: {column: id}, name: x}\ncomponents: [{component: base}]", "line 2, components: components belong to a subscription")]
    [InlineData("customer: {code: {column: id}, name: x}\nsubscription: {code: {column: id}, plan: P, start: 2026-01-01}", "a subscription needs an account")]
    [InlineData(
        "customer: {code: {column: id}, name: x}\naccount: {code: {column: id}, legal-entity: US, tax-code: T, discount-percent: 2}",
        "a discount for paying early has both: discount-percent and discount-days")]
    [InlineData("customer: {code: {column: id}, name: x}\ncheck: [{column: c, type: money}]",
        "line 2, check[1].type: 'money' is not one of text, decimal, integer, date")]
    public void Complains_with_file_line_key_and_what_is_allowed(string yaml, string expected)
    {
        var message = Should.Throw<SettingsException>(() => MappingFile.Of(Books.Yaml(yaml))).Message;
        message.ShouldStartWith("test.yaml, line ");
        message.ShouldContain(expected);
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_clear_complaint() =>
        Should.Throw<SettingsException>(() => MappingFile.Read("/no/such/mapping.yaml")).Message.ShouldContain("cannot be read");
}
