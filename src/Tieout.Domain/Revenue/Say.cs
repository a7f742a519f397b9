using System.Globalization;

namespace Tieout.Domain.Revenue;

/// <summary>Figures and days as people read them.</summary>
internal static class Say
{
    public static string Number(decimal value) => value.ToString("#,##0.00##########", CultureInfo.InvariantCulture);

    public static string Count(decimal value) => value.ToString("#,##0.############", CultureInfo.InvariantCulture);

    public static string Percent(decimal fraction) => (fraction * 100m).ToString("0.############", CultureInfo.InvariantCulture) + " %";

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
