using System.Text;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Domain.Tests.Cash.Gateway;

/// <summary>Whose webhook it is.</summary>
public class StripeSignatureTests
{
    private const long Now = 1_795_160_010;
    private const string Secret = "whsec_demo_secret_1";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"id\":\"evt_1\"}");

    [Fact]
    public void The_key_is_the_secret_as_it_is_written() =>
        // Computed apart from this code, by openssl dgst -sha256 -hmac whsec_demo_secret_1 over "1795160005.{"id":"evt_1"}".
        StripeSignature.Sign(Secret, 1_795_160_005, Body).ShouldBe("bb864a128271d292a64699e8329bbbb3f9350460b03930f1d51126f91ba26166");

    [Theory]
    [InlineData(0, null)]
    [InlineData(300, null)] // exactly the tolerance
    [InlineData(301, "stale")]
    [InlineData(-300, null)]
    [InlineData(-301, "stale")]
    public void A_timestamp_may_be_five_minutes_off(long age, string? code) => Judge($"t={Now - age},v1={Sign(Now - age)}").ShouldBe(code);

    [Fact]
    public void Any_secret_and_any_signature_that_fit_are_enough_while_a_secret_is_rolled()
    {
        Judge($"t={Now},v1={new string('0', 64)},v1={Sign(Now)},v0=abc").ShouldBeNull();
        Judge($"t={Now},v1={Sign(Now)}", "whsec_new", Secret).ShouldBeNull();
        Judge($"t={Now},v1={Sign(Now)}", "whsec_new").ShouldBe("bad-signature");
    }

    [Fact]
    public void What_was_changed_on_the_way_does_not_fit()
    {
        var header = $"t={Now},v1={Sign(Now)}";
        StripeSignature.Problem(header, [.. Body, (byte)' '], [Secret], Now)!.Code.ShouldBe("bad-signature");
        Judge(header.Replace($"t={Now}", $"t={Now - 1}", StringComparison.Ordinal)).ShouldBe("bad-signature");
        Judge($"t={Now},v1={Sign(Now).ToUpperInvariant()}").ShouldBe("bad-signature");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1=00")]
    [InlineData("t=1795160010")]
    [InlineData("t=1795160010,v0=00")]
    [InlineData("t=NaN,v1=00")]
    [InlineData("t=-1,v1=00")]
    [InlineData("t=99999999999999999999,v1=00")]
    [InlineData("t=1795160010,t=1795160010,v1=00")]
    [InlineData("t=1795160010;v1=00")]
    public void A_header_of_another_form_is_refused(string? header) => Judge(header).ShouldBe("bad-header");

    [Fact]
    public void Without_a_secret_nothing_is_believed()
    {
        StripeSignature.Problem($"t={Now},v1={Sign(Now)}", Body, [], Now)!.Code.ShouldBe("no-secret");
        Judge($"t={Now},v1={Sign(Now)}", Secret, "").ShouldBe("no-secret");
    }

    private static string Sign(long time) => StripeSignature.Sign(Secret, time, Body);

    private static string? Judge(string? header, params string[] secrets) =>
        StripeSignature.Problem(header, Body, secrets.Length > 0 ? secrets : [Secret], Now)?.Code;
}
