using System.Buffers.Binary;
using System.Text;

namespace Tieout.Application.Database;

/// <summary>
/// Rows in PostgreSQL's binary COPY format, written into one buffer that is used again. Written by hand because where rows come by the
/// million the writer's own cost shows: Npgsql's takes for each value several times what this takes.
/// </summary>
/// <remarks>Source: PostgreSQL documentation, COPY, binary format; numeric and array as their send functions write them.</remarks>
internal sealed class BinaryRows(int capacity)
{
    private const int NumericBase = 10_000;
    private const int TypeInt = 23;
    private const int TypeText = 25;
    private const int TypeNumeric = 1700;
    private const int TypeUuid = 2950;

    // Half of a character is refused here, not written as another.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly int FirstDay = new DateOnly(2000, 1, 1).DayNumber;
    private static readonly long FirstTick = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private byte[] _bytes = new byte[capacity];
    private int _length;
    private int _rowAt;
    private short _columns;

    /// <summary>Everything written since <see cref="Begin"/> or <see cref="Forget"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>The start of a COPY; what was written before is forgotten.</summary>
    public void Begin()
    {
        _length = 0;
        ReadOnlySpan<byte> signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0];
        signature.CopyTo(Take(signature.Length));
        Take(8).Clear();
    }

    /// <summary>What was written so far is sent; between two rows only.</summary>
    public void Forget() => _length = 0;

    /// <summary>A new row; what is written from here on are its columns.</summary>
    public void Row()
    {
        (_rowAt, _columns) = (_length, 0);
        Short(0);
    }

    /// <summary>The end of the COPY.</summary>
    public void End() => Short(-1);

    public BinaryRows Null()
    {
        Length(-1);
        return this;
    }

    public BinaryRows Int(int value)
    {
        Length(sizeof(int));
        Plain(value);
        return this;
    }

    public BinaryRows Long(long value)
    {
        Length(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);
        return this;
    }

    public BinaryRows Bool(bool value)
    {
        Length(1);
        Take(1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    /// <summary>To the microsecond; what is finer is cut off.</summary>
    public BinaryRows Instant(DateTimeOffset value) => Long((value.UtcTicks - FirstTick) / TimeSpan.TicksPerMicrosecond);

    public BinaryRows Date(DateOnly value) => Int(value.DayNumber - FirstDay);

    public BinaryRows Date(DateOnly? value) => value is { } date ? Date(date) : Null();

    public BinaryRows Uuid(Guid value)
    {
        Length(16);
        value.TryWriteBytes(Take(16), bigEndian: true, out _);
        return this;
    }

    public BinaryRows Uuid(Guid? value) => value is { } id ? Uuid(id) : Null();

    public BinaryRows Text(string value)
    {
        var most = Utf8.GetMaxByteCount(value.Length);
        Reserve(most + sizeof(int));
        var length = Utf8.GetBytes(value, _bytes.AsSpan(_length + sizeof(int)));
        Length(length);
        _length += length;
        return this;
    }

    public BinaryRows Ints(int[] values) => Array(values, TypeInt, static (rows, value) => rows.Int(value));

    public BinaryRows Numbers(decimal[] values) => Array(values, TypeNumeric, static (rows, value) => rows.Number(value));

    public BinaryRows Texts(string[]? values) => Array(values, TypeText, static (rows, value) => rows.Text(value));

    public BinaryRows Uuids(Guid[]? values) => Array(values, TypeUuid, static (rows, value) => rows.Uuid(value));

    public BinaryRows Number(decimal? value) => value is { } number ? Number(number) : Null();

    /// <summary>Digits to the base of 10,000, the first one standing for 10,000 to the power of the weight.</summary>
    public BinaryRows Number(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var mantissa = new UInt128(0, 0) | (uint)parts[0] | ((UInt128)(uint)parts[1] << 32) | ((UInt128)(uint)parts[2] << 64);
        var scale = (parts[3] >> 16) & 0xff;
        var groups = (scale + 3) / 4;
        for (var place = scale; place < groups * 4; place++) mantissa *= 10;
        Span<short> digits = stackalloc short[16];
        var count = 0;
        var weight = -groups - 1;
        for (; mantissa != 0; weight++)
        {
            short digit;
            if (mantissa <= ulong.MaxValue)
            {
                var low = (ulong)mantissa;
                (mantissa, digit) = (low / NumericBase, (short)(low % NumericBase));
            }
            else
            {
                var rest = mantissa / NumericBase;
                (mantissa, digit) = (rest, (short)(mantissa - (rest * NumericBase)));
            }
            if (count > 0 || digit != 0) digits[count++] = digit;
        }
        Length(8 + (count * 2));
        Short((short)count);
        Short((short)(count == 0 ? 0 : weight));
        Short((short)(parts[3] < 0 && count > 0 ? 0x4000 : 0));
        Short((short)scale);
        for (var place = count - 1; place >= 0; place--) Short(digits[place]);
        return this;
    }

    // The elements are values of the column, no columns of their own.
    private BinaryRows Array<T>(T[]? values, int type, Action<BinaryRows, T> write)
    {
        if (values is null) return Null();
        var start = _length;
        Length(0);
        var columns = _columns;
        Plain(values.Length == 0 ? 0 : 1);
        Plain(0);
        Plain(type);
        if (values.Length > 0)
        {
            Plain(values.Length);
            Plain(1);
            foreach (var value in values) write(this, value);
        }
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(start), _length - start - sizeof(int));
        _columns = columns;
        BinaryPrimitives.WriteInt16BigEndian(_bytes.AsSpan(_rowAt), _columns);
        return this;
    }

    // A column begins with its length, and its row says how many there are.
    private void Length(int bytes)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.AsSpan(_rowAt), ++_columns);
        Plain(bytes);
    }

    private void Plain(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    private void Short(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), value);

    private Span<byte> Take(int length)
    {
        Reserve(length);
        var span = _bytes.AsSpan(_length, length);
        _length += length;
        return span;
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length) System.Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
    }
}
