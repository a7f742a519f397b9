using Tieout.Domain.Tax;

namespace Tieout.Domain.Tests.Tax;

public class VatNumberTests
{
    // Generated at random by us and sorted by python-stdnum 1.18: right ones, and the same with one digit changed. Nobody's numbers
    // are meant. Where we differ from it on purpose, a test below says so.
    private const string Numbers =
        """
        AT | U39099603 U08246281 U21547280 U97299752 | U39099602 U09246281 U11547280
        BE | 0068689064 0693646703 1033358519 1165664737 | 0623646703 1093358519
        BG | 7344032941 0865982093 7546268979 645048055 | 7344832941 3865982093 7546238979
        CY | 24441379Z 25762826F 27983787D 35120140Z | 24446379Z 25962826F 29983787D
        CZ | 45298262 881026132 507101509 17827132 | 45294262 889026132 707101509
        DE | 983020541 175064573 536450440 138551618 | 483020541 175064373 536450490
        DK | 59188828 64549170 97206317 82247920 | 19188828 64549270 67206317
        EE | 202720845 242283782 647077580 747016438 | 202740845 242293782 647007580
        EL | 329897270 383721575 349805517 426531791 | 369897270 383721570 849805517
        ES | 67916947V Y6920598G Z1084500D A11591971 | 67916747V Y6920578G Z5084500D
        FI | 50568753 24559503 45180893 89059956 | 50569753 24559803 45180890
        FR | L0618394589 X0792441230 P0301759494 D9636487654 | L0618694589 X0796441230 P7301759494
        HR | 85868415194 03922707331 09064941646 05222447241 | 85868415195 03932707331 09064941636
        HU | 41065202 82763505 47637881 46490599 | 41065292 02763505 47657881
        IE | 1Q90720P 2762315U 8711126TI 4086506D | 1Q98720P 2762318U 6711126TI
        IT | 98249350772 93727128881 72122928889 59798049991 | 98249350472 93707128881 72022928889
        LT | 910795812 296751710 206240716 465853978315 | 910797812 296751712 206240711
        LU | 47996678 50162117 08137024 83948840 | 47996618 50162119 08837024
        LV | 24076108840 61827379921 19033306496 85242238711 | 24076138840 61827375921 19033306466
        MT | 30887892 33556907 52051901 25472653 | 30881892 35556907 52551901
        NL | 723949153B53 458356852B31 196518696B23 612342086B11 | 723949154B53 458352852B31 196518676B23
        PL | 9369709089 7881043064 4950696892 9443525396 | 9369799089 6881043064 4950656892
        PT | 127488790 698363892 959118080 917688171 | 127488690 695363892 989118080
        RO | 6275 12121758 5864883422 4878 | 6277 12421758 5866883422
        SE | 489146166901 137881935101 344678210801 259665249101 | 137881035101 344678610801
        SI | 44251599 40766403 57040133 44203527 | 44291599 40766404 57040143
        SK | 3091246323 6157160372 6497175597 0446039286 | 3891246323 6157165372 6197175597
        XI | 678008374 544992070 213622446 134227733 | 578008374 544992000 213627446
        GB | 513919249575 773567350 404633535 774280807 | 313919249575 753567350 404733535
        CH | E406086367 E395061438MWST E532030404 E224650796MWST | E406086369 E395091438MWST E032030404
        NO | 115429086 285916925 357981689 137939932MVA | 115429026 185916925 457981689
        """;

    public static TheoryData<string, string> Right() => [.. Rows(column: 1)];

    public static TheoryData<string, string> Wrong() => [.. Rows(column: 2)];

    [Fact]
    public void The_table_has_every_state_of_the_EU_and_its_neighbours() =>
        Rows(column: 1).Select(row => row.Item1).Distinct().Order(StringComparer.Ordinal).ShouldBe(
        [
            "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GB", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "NO",
            "PL", "PT", "RO", "SE", "SI", "SK", "XI",
        ]);

    [Theory]
    [MemberData(nameof(Right))]
    public void A_number_whose_check_digits_are_right_is_taken(string state, string number)
    {
        var (read, refusal) = VatNumber.Read(state + number);
        refusal.ShouldBeNull();
        read!.Prefix.ShouldBe(state);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_number_with_one_digit_changed_is_refused_for_its_check_digits(string state, string number) =>
        VatNumber.Read(state + number).Refusal!.Code.ShouldBe(VatRefusal.CheckDigit);

    [Theory]
    [InlineData("DE 136.695-976", "DE136695976")]
    [InlineData("nl123456789b13", "NL123456789B13")]
    [InlineData("BE 068689064", "BE0068689064")]            // old numbers lack the 0 in front
    [InlineData("CHE-406.086.367 MWST", "CHE406086367")]
    [InlineData("NO 137939932 MVA", "NO137939932")]
    public void A_number_is_read_as_people_write_it(string written, string number) => VatNumber.Read(written).Number!.ToString().ShouldBe(number);

    [Theory]
    [InlineData("EL329897270", "GR")]
    [InlineData("XIGD314", "GB")]
    [InlineData("DE983020541", "DE")]
    public void The_country_of_a_number_is_that_of_ISO_3166(string number, string country) => VatNumber.Read(number).Number!.Country.ShouldBe(country);

    [Theory]
    [InlineData("DE12345678", VatRefusal.Format, "9 digits")]
    [InlineData("DE012345678", VatRefusal.Format, "9 digits")]
    [InlineData("ATU1234567", VatRefusal.Format, "U and 8 digits")]
    [InlineData("ES123456789", VatRefusal.Format, "not digits only")]
    [InlineData("SE489146166902", VatRefusal.Format, "the last two 01")]
    [InlineData("FRIO123456789", VatRefusal.Format, "no I, no O")]
    [InlineData("136695976", VatRefusal.Format, "country in front")]
    [InlineData("", VatRefusal.Format, "country in front")]
    [InlineData("GR329897270", VatRefusal.UnknownCountry, "write EL")]
    [InlineData("MC000788784", VatRefusal.UnknownCountry, "French")]
    [InlineData("US123456789", VatRefusal.UnknownCountry, "Known are AT, BE")]
    [InlineData("DE１２３４５６７８８", VatRefusal.Format, "9 digits")]   // digits of another script
    public void What_cannot_be_a_number_is_refused_with_a_reason_and_what_to_do(string written, string code, string remedy)
    {
        var refusal = VatNumber.Read(written).Refusal!;
        refusal.Code.ShouldBe(code);
        refusal.Remedy.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("BE0930559798")]   // 98 and 00 leave the same remainder as 01 and 97, and are never given out
    [InlineData("BE1330636300")]
    [InlineData("NL974174476B00")] // the count of a business begins at 01
    public void Check_digits_that_no_office_gives_out_are_refused(string number) => VatNumber.Read(number).Refusal!.Code.ShouldBe(VatRefusal.CheckDigit);

    [Fact]
    public void Latvian_numbers_of_people_without_a_day_of_birth_are_taken() => VatNumber.Read("LV32038853330").Number.ShouldNotBeNull();

    [Fact]
    public void A_text_of_any_length_is_answered_quickly_and_never_repeated()
    {
        var refusal = VatNumber.Read("DE" + new string('1', 100_000)).Refusal!;
        (refusal.Reason + refusal.Remedy).Length.ShouldBeLessThan(300);
    }

    private static IEnumerable<(string, string)> Rows(int column) =>
        from row in Numbers.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let cells = row.Split('|', StringSplitOptions.TrimEntries)
        from number in cells[column].Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select (cells[0], number);
}
