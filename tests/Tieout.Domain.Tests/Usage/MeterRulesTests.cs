using Tieout.Domain.Usage;

namespace Tieout.Domain.Tests.Usage;

public class MeterRulesTests
{
    private static readonly MeterDraft Good = new("bytes", "Bytes", Aggregation.Sum, ["call"], ValueProperty: "bytes");

    public static TheoryData<string, MeterDraft> Wrong => new()
    {
        { "code", Good with { Code = "" } },
        { "code", Good with { Code = "two words" } },
        { "code", Good with { Code = new string('x', 61) } },
        { "name", Good with { Name = " " } },
        { "aggregation", Good with { Aggregation = (Aggregation)99 } },
        { "eventTypes", Good with { EventTypes = [] } },
        { "eventTypes", Good with { EventTypes = ["call", "call"] } },
        { "valueProperty", Good with { ValueProperty = "" } },
        { "valueProperty", Good with { Aggregation = Aggregation.Count } },
        { "uniqueProperty", Good with { Aggregation = Aggregation.UniqueCount, ValueProperty = "" } },
        { "uniqueProperty", Good with { UniqueProperty = "user" } },
        { "groupBy", Good with { GroupBy = ["a", "b", "c", "d", "e", "f"] } },
        { "groupBy", Good with { GroupBy = ["a", "a"] } },
        { "filters", Good with { Filters = [new MeterFilter("", FilterOperator.Is, ["x"])] } },
        { "filters", Good with { Filters = [new MeterFilter("a", FilterOperator.Is, ["x", "y"])] } },
        { "filters", Good with { Filters = [new MeterFilter("a", FilterOperator.In, [])] } },
        { "keepTransactions", Good with { Aggregation = Aggregation.Max, KeepTransactions = true } },
        { "negativeAllowed", Good with { Aggregation = Aggregation.Count, ValueProperty = "", NegativeAllowed = true } },
        { "hoursAhead", Good with { HoursAhead = -1 } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void What_is_no_meter_is_refused_by_field(string field, MeterDraft draft)
    {
        var (meter, problems) = MeterRules.Judge(draft);
        meter.ShouldBeNull();
        problems.Select(problem => problem.Field).ShouldContain(field);
    }

    [Fact]
    public void Two_that_say_the_same_mean_the_same()
    {
        var meter = Metering.Meter(Good with { EventTypes = ["a", "b"] });
        meter.MeansTheSameAs(Metering.Meter(Good with { EventTypes = ["b", "a"] })).ShouldBeTrue();
        meter.MeansTheSameAs(Metering.Meter(Good with { EventTypes = ["a"] })).ShouldBeFalse();
        meter.MeansTheSameAs(Metering.Meter(Good with { EventTypes = ["a", "b"], GroupBy = ["x"] })).ShouldBeFalse();
        meter.MeansTheSameAs(Metering.Meter(Good with { EventTypes = ["a", "b"], NegativeAllowed = true })).ShouldBeFalse();
    }
}
