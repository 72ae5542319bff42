namespace Imaging.Decoding.Gif;

/// <summary>Expands the LZW data of one GIF frame into palette indices on the canvas.</summary>
internal ref struct GifPixels
{
    private const int MaxCodes = 4096;

    private readonly GifFrame _frame;
    private readonly Span<byte> _canvas;
    private int _x;
    private int _row;
    private int _pass;
    private int _rowsLeft;

    private GifPixels(GifFrame frame, Span<byte> canvas)
    {
        _frame = frame;
        _canvas = canvas;
        _rowsLeft = frame.Width == 0 ? 0 : frame.Height;
    }

    /// <param name="data">The file from the code size byte on.</param>
    /// <param name="frame">Place and size of the frame.</param>
    /// <param name="canvas">Indices of the whole canvas, row by row; only the frame is written.</param>
    /// <exception cref="InvalidImageException">The data ends before the last pixel, or is not LZW.</exception>
    public static void Decode(ReadOnlySpan<byte> data, GifFrame frame, Span<byte> canvas)
    {
        int codeSize = data[0];
        if (codeSize > 11) throw Damaged("its code size is out of range");
        new GifPixels(frame, canvas).Expand(new GifCodes(data[1..], codeSize), codeSize);
    }

    private void Expand(GifCodes codes, int codeSize)
    {
        Span<byte> last = stackalloc byte[MaxCodes];
        Span<ushort> prefix = stackalloc ushort[MaxCodes];
        Span<byte> stack = stackalloc byte[MaxCodes + 1];
        int clear = 1 << codeSize, end = clear + 1, next = end + 1, previous = -1;
        byte first = 0;
        while (_rowsLeft > 0)
        {
            int code = codes.Next();
            if (code < 0) throw Damaged("its pixel data is truncated");
            if (code == clear)
            {
                codes.Width = codeSize + 1;
                next = end + 1;
                previous = -1;
                continue;
            }

            if (code == end) throw Damaged("its pixel data is truncated");
            int depth = 0, walk = code;
            if (previous < 0 ? code > clear : code > next) throw Damaged("its pixel data is damaged");
            if (previous >= 0 && code == next)
            {
                stack[depth++] = first;
                walk = previous;
            }

            for (; walk > end; walk = prefix[walk]) stack[depth++] = last[walk];
            first = (byte)walk;
            stack[depth++] = first;
            while (depth > 0 && _rowsLeft > 0) Put(stack[--depth]);
            if (previous >= 0 && next < MaxCodes)
            {
                prefix[next] = (ushort)previous;
                last[next++] = first;
                if (next == 1 << codes.Width && codes.Width < 12) codes.Width++;
            }

            previous = code;
        }
    }

    private void Put(byte index)
    {
        int y = _frame.Top + _row;
        _canvas[(y * _frame.CanvasWidth) + _frame.Left + _x] = index;
        if (++_x < _frame.Width) return;
        _x = 0;
        _rowsLeft--;
        NextRow();
    }

    /// <summary>Interlaced rows come as every 8th from 0, every 8th from 4, every 4th from 2, every 2nd from 1.</summary>
    private void NextRow()
    {
        if (!_frame.Interlaced)
        {
            _row++;
            return;
        }

        _row += _pass switch { 0 or 1 => 8, 2 => 4, _ => 2 };
        while (_row >= _frame.Height && _pass < 3) _row = 8 >> ++_pass;
    }

    private static InvalidImageException Damaged(string found) => InvalidImageException.Unreadable(ImageFormat.Gif, found);
}
