using System.Buffers;
using System.Globalization;
using System.Text;

namespace InferenceApi.Telemetry.Prometheus;

/// <summary>The tokens of an exposition in UTF-8: names, escaped values, labels and numbers.</summary>
internal sealed class PrometheusText
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Clear() => _buffer.ResetWrittenCount();

    public PrometheusText Raw(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    public PrometheusText Text(ReadOnlySpan<char> text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    /// <summary>The value of a label, or a help text; what the format gives a meaning is escaped.</summary>
    public PrometheusText Escaped(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny("\\\"\n") is int at and >= 0)
        {
            Text(text[..at]).Raw(text[at] switch { '\\' => @"\\"u8, '"' => "\\\""u8, _ => @"\n"u8 });
            text = text[(at + 1)..];
        }

        return Text(text);
    }

    public PrometheusText Number(long value)
    {
        Span<byte> target = _buffer.GetSpan(20);
        value.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
        return this;
    }

    /// <summary>The shortest digits that read back as the same number.</summary>
    public PrometheusText Number(double value)
    {
        if (double.IsPositiveInfinity(value)) return Raw("+Inf"u8);
        if (double.IsNegativeInfinity(value)) return Raw("-Inf"u8);
        if (double.IsNaN(value)) return Raw("NaN"u8);
        Span<byte> target = _buffer.GetSpan(32);
        value.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
        return this;
    }

    /// <summary>One label; the first of a set opens the brace.</summary>
    public PrometheusText Label(string name, ReadOnlySpan<char> value, ref bool any)
    {
        Raw(any ? ","u8 : "{"u8).Text(name).Raw("=\""u8).Escaped(value).Raw("\""u8);
        any = true;
        return this;
    }

    /// <summary>How a label's value is written.</summary>
    public static string ValueOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
