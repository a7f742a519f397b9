namespace Tieout.Domain.Usage;

/// <summary>Reads an instant as RFC 3339 writes it: <c>2026-11-20T10:15:02.123Z</c>, or with an offset. Nothing less says when it was.</summary>
internal static class EventTime
{
    private const int MostHours = 14;

    /// <summary>False for anything else. Finer than a microsecond is cut off: the database keeps no more.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTimeOffset at)
    {
        at = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t') || text[13] != ':' || text[16] != ':') return false;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)
            || !Number(text[11..13], out var hour) || !Number(text[14..16], out var minute) || !Number(text[17..19], out var second)) return false;
        // A leap second has no place in the database either.
        if (year is < 1900 or > 2199 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59) return false;
        var rest = text[19..];
        if (!Fraction(ref rest, out var micros) || !Offset(rest, out var offset)) return false;
        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(micros * TimeSpan.TicksPerMicrosecond);
        at = new DateTimeOffset(local - offset);
        return true;
    }

    private static bool Fraction(ref ReadOnlySpan<byte> rest, out int micros)
    {
        micros = 0;
        if (rest.IsEmpty || rest[0] != '.') return true;
        var length = 1;
        for (; length < rest.Length && (uint)(rest[length] - '0') <= 9; length++)
            if (length <= 6) micros = (micros * 10) + rest[length] - '0';
        for (var place = length; place <= 6; place++) micros *= 10;
        rest = rest[length..];
        return length > 1;
    }

    private static bool Offset(ReadOnlySpan<byte> rest, out TimeSpan offset)
    {
        offset = default;
        if (rest.Length == 1) return rest[0] is (byte)'Z' or (byte)'z';
        if (rest.Length != 6 || rest[3] != ':' || rest[0] is not ((byte)'+' or (byte)'-')) return false;
        if (!Number(rest[1..3], out var hours) || !Number(rest[4..6], out var minutes) || hours > MostHours || minutes > 59) return false;
        offset = new TimeSpan(hours, minutes, 0);
        if (rest[0] == '-') offset = -offset;
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if ((uint)(digit - '0') > 9) return false;
            number = (number * 10) + digit - '0';
        }
        return true;
    }
}
