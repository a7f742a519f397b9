using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Tests.Posting;

/// <summary>What others say, as our books keep it.</summary>
public sealed class KeptTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Zeitraum 2026-11 ist geschlossen\t(F5 808)\r\n", "Zeitraum 2026-11 ist geschlossen\t(F5 808)\r\n")]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("\u0007\u001B[31mred\u0085", "\uFFFD\uFFFD[31mred\uFFFD")]
    [InlineData("\U0001F600", "\U0001F600")]
    public void What_can_be_kept_is_kept_and_the_rest_is_marked(string said, string kept) => KeptText.Of(said).ShouldBe(kept);

    // Not as data of a theory: such texts do not survive the way from there.
    [Fact]
    public void Halves_of_pairs_are_marked_and_whole_ones_stay()
    {
        var (high, low) = ("\uD83D", "\uDE00");
        KeptText.Of($"{low}{high}x{high}{low}{high}").ShouldBe($"\uFFFD\uFFFDx{high}{low}\uFFFD");
    }

    [Fact]
    public void What_is_too_long_ends_at_a_whole_character_and_says_so()
    {
        var kept = KeptText.Of("ab\U0001F600" + new string('x', 100_000), most: 3);
        kept.ShouldBe("ab… (the first 2 of 100004 characters)");
        KeptText.Of(new string('x', KeptText.Longest)).Length.ShouldBe(KeptText.Longest);
    }

    [Fact]
    public void Whatever_is_said_what_is_kept_can_be_written_and_is_kept_again_as_it_is() =>
        Prop.ForAll(Gen.Choose(0, 0xFFFF).ListOf().ToArbitrary(), said =>
        {
            var kept = KeptText.Of(string.Concat(said.Select(one => (char)one)), most: 20);
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetByteCount(kept);
            return !kept.Contains('\0') && KeptText.Of(kept) == kept;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));
}
