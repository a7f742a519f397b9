using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Webhooks;

namespace Tieout.Domain.Tests.Webhooks;

public class WebhookSecretTests
{
    // The vector that the libraries of Standard Webhooks test themselves with.
    private const string Published = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long At = 1614265330;
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");

    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true);
    private static readonly Gen<byte> AnyByte = Gen.Choose(0, 255).Select(number => (byte)number);
    private static readonly Gen<string> Secrets =
        from length in Gen.Choose(24, 64) from key in Gen.ArrayOf(AnyByte, length) select WebhookSecret.TextOf(key);

    [Fact]
    public void The_published_vector_is_signed_as_published() => Secret(Published).Sign(Id, At, Body).ShouldBe(Signature);

    [Fact]
    public void The_published_signature_verifies() => Secret(Published).Verifies(Signature, Id, At, Body, At).ShouldBeTrue();

    [Theory]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void A_timestamp_may_be_five_minutes_off(int seconds, bool taken) =>
        Secret(Published).Verifies(Signature, Id, At, Body, At + seconds).ShouldBe(taken);

    [Fact]
    public void Whatever_is_signed_verifies_and_another_secret_body_id_or_time_does_not() => Prop.ForAll(
        (from one in Secrets from other in Secrets from body in Gen.ArrayOf(AnyByte) select (one, other, body)).ToArbitrary(), sample =>
        {
            var (one, other) = (Secret(sample.one), Secret(sample.other));
            var header = one.Sign(Id, At, sample.body);
            return one.Verifies(header, Id, At, sample.body, At)
                && (sample.one == sample.other || !other.Verifies(header, Id, At, sample.body, At))
                && !one.Verifies(header, Id, At, [.. sample.body, 0], At)
                && !one.Verifies(header, Id + "x", At, sample.body, At)
                && !one.Verifies(header, Id, At + 1, sample.body, At);
        }).Check(Often);

    [Fact]
    public void While_secrets_change_either_verifies_and_unknown_versions_are_passed_over() => Prop.ForAll(
        (from old in Secrets from next in Secrets select (old, next)).ToArbitrary(), pair =>
        {
            var header = "v1a,unknown " + WebhookSecret.Sign([Secret(pair.next), Secret(pair.old)], Id, At, Body);
            return Secret(pair.old).Verifies(header, Id, At, Body, At) && Secret(pair.next).Verifies(header, Id, At, Body, At);
        }).Check(Often);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_not base64 at all, however long it may be")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void What_is_no_secret_is_not_taken_for_one(string? text) => WebhookSecret.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_line_break_at_the_end_of_a_file_is_no_part_of_the_secret() =>
        Secret(Published + "\n").Sign(Id, At, Body).ShouldBe(Signature);

    [Fact]
    public void A_secret_never_prints_itself() => Secret(Published).ToString().ShouldBe("whsec_…");

    [Fact]
    public void An_id_with_a_full_stop_is_not_signed() =>
        Should.Throw<ArgumentException>(() => Secret(Published).Sign("msg_1.2", At, Body));

    [Theory]
    [InlineData(23)]
    [InlineData(65)]
    public void A_key_of_another_length_is_no_secret(int length)
    {
        Should.Throw<ArgumentException>(() => WebhookSecret.TextOf(new byte[length]));
        WebhookSecret.TryParse("whsec_" + Convert.ToBase64String(new byte[length]), out _).ShouldBeFalse();
    }

    private static WebhookSecret Secret(string text)
    {
        WebhookSecret.TryParse(text, out var secret).ShouldBeTrue();
        return secret!;
    }
}
