using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace InferenceApi.Runtime.Gpu;

/// <summary>
/// A tensor in two places: host memory that rows are put into or read from, and memory at a fixed address that runs use. On a GPU the
/// first is page-locked and the second lies on the device; without one, both are ordinary memory, so that everything else can be tested.
/// </summary>
internal sealed unsafe class StagedTensor : MemoryManager<float>
{
    // A cache line, and the width of the widest vector register.
    private const int AlignmentBytes = 64;

    private readonly int _length;
    private readonly int? _device;
    private nint _host;
    private nint _run;

    /// <param name="length">Floats.</param>
    /// <param name="device">GPU by CUDA's number; null for none.</param>
    public StagedTensor(int length, int? device)
    {
        _length = length;
        _device = device;
        long bytes = (long)length * sizeof(float);
        try
        {
            _host = device is null ? Allocate(bytes) : CudaRuntime.AllocateHost(bytes);
            NativeMemory.Clear((void*)_host, (nuint)bytes);
            _run = device is { } gpu ? CudaRuntime.AllocateDevice(gpu, bytes) : Allocate(bytes);
            if (device is null) NativeMemory.Clear((void*)_run, (nuint)bytes);
        }
        catch
        {
            Free();
            throw;
        }
    }

    /// <summary>Copies host floats to the beginning of the memory of runs.</summary>
    public void Upload(int first, int count) => Copy(_run, HostAt(first, count), count);

    /// <summary>Copies from the beginning of the memory of runs to the host.</summary>
    public void Download(int first, int count) => Copy(HostAt(first, count), _run, count);

    /// <summary>The beginning of the memory of runs, as ONNX Runtime sees it.</summary>
    public OrtValue View(params long[] shape)
    {
        long bytes = shape.Aggregate((long)sizeof(float), (product, side) => product * side);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (long)_length * sizeof(float));
        if (_device is not { } device)
            return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, _run, bytes);
        using var memory = new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, device, OrtMemType.Default);
        return OrtValue.CreateTensorValueWithData(memory, TensorElementType.Float, shape, _run, bytes);
    }

    public override Span<float> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_host == 0, this);
        return new Span<float>((void*)_host, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_host == 0, this);
        return new MemoryHandle((float*)_host + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => Free();

    private static nint Allocate(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, AlignmentBytes);

    private nint HostAt(int first, int count)
    {
        ObjectDisposedException.ThrowIf(_host == 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, _length);
        return _host + ((nint)first * sizeof(float));
    }

    private void Copy(nint to, nint from, int count)
    {
        long bytes = (long)count * sizeof(float);
        if (_device is null) NativeMemory.Copy((void*)from, (void*)to, (nuint)bytes);
        else CudaRuntime.Copy(to, from, bytes);
    }

    private void Free()
    {
        (nint host, nint run) = (_host, _run);
        (_host, _run) = (0, 0);
        if (host != 0)
        {
            if (_device is null) NativeMemory.AlignedFree((void*)host);
            else CudaRuntime.FreeHost(host);
        }

        if (run == 0) return;
        if (_device is null) NativeMemory.AlignedFree((void*)run);
        else CudaRuntime.FreeDevice(run);
    }
}
