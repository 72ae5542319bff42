namespace Imaging.Decoding.Gif;

/// <summary>Reads variable-width LZW codes, least significant bit first, from a GIF's length-prefixed blocks.</summary>
internal ref struct GifCodes(ReadOnlySpan<byte> blocks, int codeSize)
{
    private readonly ReadOnlySpan<byte> _blocks = blocks;
    private int _at;
    private int _blockLeft;
    private uint _bits;
    private int _bitCount;

    /// <summary>Bits of the next code.</summary>
    public int Width { get; set; } = codeSize + 1;

    /// <summary>The next code, or -1 when the data has ended.</summary>
    public int Next()
    {
        while (_bitCount < Width)
        {
            if (_blockLeft == 0)
            {
                if (_at >= _blocks.Length || (_blockLeft = _blocks[_at++]) == 0) return -1;
            }

            if (_at >= _blocks.Length) return -1;
            _bits |= (uint)_blocks[_at++] << _bitCount;
            _bitCount += 8;
            _blockLeft--;
        }

        int code = (int)(_bits & ((1u << Width) - 1));
        _bits >>= Width;
        _bitCount -= Width;
        return code;
    }
}
