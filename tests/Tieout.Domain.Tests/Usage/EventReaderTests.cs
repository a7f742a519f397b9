using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Usage;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Usage.Metering;

namespace Tieout.Domain.Tests.Usage;

public class EventReaderTests
{
    [Fact]
    public void An_event_counts_for_every_meter_that_listens_to_its_type()
    {
        var measured = Read(Json(data: """{"bytes":"203023","path":"/x"}""")).Event.ShouldNotBeNull().Measured;
        measured.Meters.ShouldBe([1, 2]);
        measured.Amounts.ShouldBe([1m, 203023m]);
    }

    [Theory]
    [InlineData("specversion", "\"0.3\"", "bad-specversion")]
    [InlineData("specversion", null, "missing")]
    [InlineData("id", null, "missing")]
    [InlineData("id", "\"\"", "missing")]
    [InlineData("id", "null", "missing")]                             // null is as if it were not there
    [InlineData("id", "17", "wrong-type")]
    [InlineData("id", "\"a\\u0007b\"", "control-character")]
    [InlineData("id", "\"4111 1111 1111 1111\"", "card-number")]
    [InlineData("id", "\"41111111-1111-1111-0000-000000000000\"", null)] // a UUID is no card, whatever its digits say
    [InlineData("id", "\"x\\ud800\"", "malformed")]                   // half a character
    [InlineData("source", "[\"a\"]", "wrong-type")]
    [InlineData("source", null, "missing")]
    [InlineData("type", "\"unheard.of\"", "unknown-meter")]
    [InlineData("subject", null, "missing")]
    [InlineData("subject", "{\"a\":1}", "wrong-type")]
    [InlineData("time", null, "missing")]
    [InlineData("time", "1747476303", "wrong-type")]
    [InlineData("data", "[1,2]", "bad-data")]
    [InlineData("data", "\"text\"", "bad-data")]
    [InlineData("data", null, "missing-value")]
    [InlineData("data", "{\"bytes\":1,\"bytes\":2}", "wrong-type")]   // which of the two?
    [InlineData("data", "{\"bytes\":1,\"note\":\"card 4111-1111-1111-1111\"}", "card-number")]
    [InlineData("data_base64", "\"AQ==\"", "bad-data")]
    [InlineData("traceparent", "\"00-4bf92f\"", null)]                // what others put beside is let be
    [InlineData("supersedes", "\"e-1\"", "circular")]
    [InlineData("supersedes", "\"\"", "missing")]
    [InlineData("voids", "3", "wrong-type")]
    public void What_is_wrong_is_refused_with_its_code(string attribute, string? json, string? code) =>
        (Read(Json(changes: (attribute, json))).Refused?.Refusal.Code).ShouldBe(code);

    [Fact]
    public void Who_sent_a_card_number_is_told_to_leave_it_out() =>
        Read(Json(changes: ("data", "{\"bytes\":1,\"note\":\"card 4111-1111-1111-1111\"}"))).Refused!.Refusal.Remedy
            .ShouldBe("Leave it out: numbers of payment cards are not kept anywhere.");

    [Theory]
    [InlineData("id", 200, null)]
    [InlineData("id", 201, "too-long")]
    [InlineData("source", 201, "too-long")]
    [InlineData("subject", 5000, "too-long")]
    public void Texts_have_a_longest_length(string attribute, int length, string? code) =>
        (Read(Json(changes: (attribute, $"\"{new string('x', length)}\""))).Refused?.Refusal.Code).ShouldBe(code);

    [Theory]
    [InlineData("0", "0", null)]
    [InlineData("12.5", "12.5", null)]
    [InlineData("\"12.50\"", "12.5", null)]              // a text keeps money out of floating point
    [InlineData("1e3", "1000", null)]
    [InlineData("1.5E-7", "0.00000015", null)]
    [InlineData("\"1e3\"", null, "bad-number")]         // in a text it is what a spreadsheet left of a number
    [InlineData("\"1.5E-7\"", null, "bad-number")]
    [InlineData("\"1e\"", null, "bad-number")]
    [InlineData("0.000000000001", "0.000000000001", null)]
    [InlineData("0.0000000000001", null, "bad-number")]  // rounding it would change the sender's figure
    [InlineData("1.0000000000000", "1", null)]           // zeros at the end are none
    [InlineData("9999999999999999", "9999999999999999", null)]
    [InlineData("9999999999999999.999999999999", "9999999999999999.999999999999", null)]
    [InlineData("10000000000000000", null, "overflow")]
    [InlineData("1e16", null, "overflow")]
    [InlineData("1e999999999999", null, "overflow")]
    [InlineData("0e999", "0", null)]
    [InlineData("99999999999999999999999999999999999999999999", null, "overflow")]
    [InlineData("-1", null, "negative")]
    [InlineData("-0", "0", null)]
    [InlineData("\"NaN\"", null, "bad-number")]
    [InlineData("\"Infinity\"", null, "bad-number")]
    [InlineData("\"1,5\"", null, "bad-number")]
    [InlineData("\" 1\"", null, "bad-number")]
    [InlineData("\"+1\"", null, "bad-number")]
    [InlineData("\"1.\"", null, "bad-number")]
    [InlineData("\".5\"", null, "bad-number")]
    [InlineData("\"\"", null, "bad-number")]
    [InlineData("\"0x10\"", null, "bad-number")]
    [InlineData("true", null, "wrong-type")]
    [InlineData("[1]", null, "wrong-type")]
    [InlineData("null", null, "missing-value")]
    public void A_number_is_read_exactly_or_refused(string json, string? number, string? code)
    {
        var (read, refused) = Read(Json(data: $$"""{"bytes":{{json}}}"""));
        (refused?.Refusal.Code).ShouldBe(code);
        if (number is not null) read.ShouldNotBeNull().Measured.Amounts[1].ShouldBe(D(number));
    }

    [Fact]
    public void A_meter_may_allow_numbers_below_zero() =>
        Read(Json("adjust", """{"by":-2.25}""")).Event.ShouldNotBeNull().Measured.Amounts.ShouldBe([-2.25m]);

    [Fact]
    public void Every_number_that_can_be_kept_comes_back_as_it_was_sent() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), Gen.Choose(0, 12).ToArbitrary(), (digits, scale) =>
        {
            var number = Math.Abs(digits % 1_000_000_000_000_000) / Power(scale);
            var sent = number.ToString(CultureInfo.InvariantCulture);
            return Read(Json(data: $$"""{"bytes":{{sent}}}""")).Event!.Measured.Amounts[1] == number;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));

    [Theory]
    [InlineData("2026-11-20T10:00:00Z", "2026-11-20T10:00:00.0000000+00:00")]
    [InlineData("2026-11-20t10:00:00z", "2026-11-20T10:00:00.0000000+00:00")]
    [InlineData("2026-11-20T10:00:00+01:30", "2026-11-20T08:30:00.0000000+00:00")]
    [InlineData("2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00.0000000+00:00")]
    [InlineData("2026-11-20T10:00:00.1Z", "2026-11-20T10:00:00.1000000+00:00")]
    [InlineData("2026-11-20T10:00:00.123456789Z", "2026-11-20T10:00:00.1234560+00:00")] // no finer than the database keeps
    [InlineData("2028-02-29T10:00:00Z", "2028-02-29T10:00:00.0000000+00:00")]
    public void A_time_is_an_instant(string text, string instant) =>
        Read(Json(changes: ("time", $"\"{text}\""))).Event.ShouldNotBeNull().At.ToString("O", CultureInfo.InvariantCulture).ShouldBe(instant);

    [Theory]
    [InlineData("2026-11-20")]
    [InlineData("2026-11-20T10:00:00")]          // where?
    [InlineData("2026-11-20 10:00:00Z")]
    [InlineData("2026-02-29T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-11-20T24:00:00Z")]
    [InlineData("2026-11-20T10:00:60Z")]
    [InlineData("2026-11-20T10:00:00.Z")]
    [InlineData("2026-11-20T10:00:00+0100")]
    [InlineData("2026-11-20T10:00:00+15:00")]
    [InlineData("1747476303")]
    [InlineData("9999-11-20T10:00:00Z")]
    [InlineData("yesterday, at ten o'clock")]
    public void What_is_no_instant_is_refused(string text) =>
        Read(Json(changes: ("time", $"\"{text}\""))).Refused.ShouldNotBeNull().Refusal.Code.ShouldBe(UsageCode.BadTime);

    [Theory]
    [InlineData("""{"bytes":1,"cached":true}""", new[] { 1 })]
    [InlineData("""{"bytes":"never read","cached":true}""", new[] { 1 })] // a meter that leaves it alone reads nothing of it
    [InlineData("""{"bytes":1,"cached":"false"}""", new[] { 1, 2 })]
    [InlineData("""{"bytes":1,"cached":null}""", new[] { 1, 2 })]
    public void A_filter_leaves_an_event_alone(string data, int[] meters) =>
        Read(Json(data: data)).Event.ShouldNotBeNull().Measured.Meters.ShouldBe(meters);

    [Theory]
    [InlineData("""{"status":200}""", new[] { 6 })]
    [InlineData("""{"status":"204","slow":true}""", new[] { 6, 7 })]
    [InlineData("""{"status":500}""", new int[0])]                      // taken, and counts nowhere
    [InlineData("""{"slow":"true"}""", new[] { 7 })]
    [InlineData("{}", new int[0])]
    public void Filters_compare_texts_numbers_and_words(string data, int[] meters) =>
        Read(Json("result", data)).Event.ShouldNotBeNull().Measured.Meters.ShouldBe(meters);

    [Theory]
    [InlineData("""{"user":"a","region":"eu","plan":"gold"}""", """["eu","gold"]""")]
    [InlineData("""{"user":"a","region":"eu"}""", """["eu",""]""")]
    [InlineData("""{"user":"a","region":"\u00e9","plan":7}""", """["é","7"]""")]
    public void Dimensions_keep_quantities_apart(string data, string key)
    {
        var measured = Read(Json("login", data)).Event.ShouldNotBeNull().Measured;
        measured.GroupKeys.ShouldBe(["", key]);
        GroupKey.Values(key).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"region":"eu"}""", "missing-value")]
    [InlineData("""{"user":["a"]}""", "wrong-type")]
    [InlineData("""{"user":"a","region":{"x":1}}""", "wrong-type")]
    [InlineData("""{"user":"a","region":"4111111111111111"}""", "card-number")]
    [InlineData("""{"user":"4111111111111111"}""", "card-number")]
    public void A_value_to_tell_apart_by_is_one_text(string data, string code) =>
        Read(Json("login", data)).Refused.ShouldNotBeNull().Refusal.Code.ShouldBe(code);

    [Fact]
    public void A_value_that_is_counted_once_is_kept_as_a_hash()
    {
        Guid Key(string user) => Read(Json("login", $$"""{"user":{{user}}}""")).Event!.Measured.UniqueKeys![0];
        Key("\"a\"").ShouldBe(Key("\"\\u0061\""));
        Key("\"a\"").ShouldNotBe(Key("\"A\""));
    }

    [Theory]
    [InlineData("""{ "path" : "/x" , "bytes" : 1 }""", true)]
    [InlineData("""{"bytes":1,"path":"/x"}""", true)]        // in another order
    [InlineData("""{"path":"/x","bytes":2}""", false)]
    [InlineData("""{"path":"/y","bytes":1}""", false)]       // also where no meter looks
    [InlineData("""{"path":"/x","bytes":1.0}""", false)]
    public void Content_is_what_was_said_not_how_it_was_laid_out(string data, bool same)
    {
        var content = Read(Json(data: """{"path":"/x","bytes":1}""")).Event!.Content;
        (Read(Json(data: data)).Event!.Content == content).ShouldBe(same);
    }

    [Theory]
    [InlineData("time", "\"2026-11-20T11:00:00+01:00\"", true)]   // the same instant
    [InlineData("traceparent", "\"00-1\"", true)]
    [InlineData("time", "\"2026-11-20T11:00:00Z\"", false)]
    [InlineData("subject", "\"S-2\"", false)]
    [InlineData("supersedes", "\"e-0\"", false)]
    public void Content_is_all_that_counts_of_the_attributes(string attribute, string json, bool same) =>
        (Read(Json(changes: (attribute, json))).Event!.Content == Read(Json()).Event!.Content).ShouldBe(same);

    [Fact]
    public void A_refusal_repeats_nothing_of_the_data()
    {
        var refused = Read(Json(data: """{"bytes":"Jane Doe, 12 Elm Street"}""")).Refused.ShouldNotBeNull();
        refused.ToString().ShouldNotContain("Jane");
        (refused.Source, refused.Id).ShouldBe(("/gate", "e-1"));
        Read(Json(changes: ("id", "\"4111111111111111\""))).Refused.ShouldNotBeNull().Id.ShouldBeEmpty();
    }

    [Fact]
    public void What_voids_another_is_taken_whatever_its_type()
    {
        var read = Read(Json("unheard.of", "{}", ("voids", "\"e-0\""), ("supersedessource", "\"/other\""))).Event.ShouldNotBeNull();
        read.Correction.ShouldBe(new Correction("/other", "e-0", Voids: true));
        read.Measured.Meters.ShouldBeEmpty();
    }

    private static decimal Power(int scale) => Enumerable.Range(0, scale).Aggregate(1m, (power, _) => power * 10);
}
