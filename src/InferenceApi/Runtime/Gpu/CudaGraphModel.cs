using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using ModelStore;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime.Gpu;

/// <summary>
/// Opens a network for some batch sizes on fixed memory: one session with a CUDA graph per size, or one session per size.
/// </summary>
internal sealed class CudaGraphModel
{
    private readonly InstalledModel _model;
    private readonly RuntimePlan _plan;
    private readonly BatchSizes _batchSizes;
    private readonly bool _oneSessionPerSize;

    private CudaGraphModel(InstalledModel model, RuntimePlan plan)
    {
        _model = model;
        _plan = plan;
        _batchSizes = plan.BatchSizes;
        _oneSessionPerSize = !(plan.OnGpu && plan.Cuda.Graphs);
    }

    /// <summary>Instances on every device of the plan. On the CPU it is for tests.</summary>
    /// <exception cref="ModelStoreException">
    /// It is no network, not the one its manifest describes, or does not fit into the device.
    /// </exception>
    public static IReadOnlyList<IModelInstance> Open(InstalledModel model, RuntimePlan plan)
    {
        var opener = new CudaGraphModel(model, plan);
        var instances = new List<BucketedInstance>();
        try
        {
            for (int device = 0; device < plan.DeviceIds.Count; device++)
            {
                for (int i = 0; i < plan.Instances; i++) instances.Add(opener.OpenInstance(device));
            }

            return instances;
        }
        catch (Exception failure)
        {
            foreach (BucketedInstance instance in instances) instance.Dispose();
            if (failure is OnnxRuntimeException or DeviceMemoryException)
                throw new ModelStoreException(
                    $"{model.ModelPath}: ONNX Runtime cannot open it: {failure.Message}", failure)
                { Fault = StoreFault.Network };
            throw;
        }
    }

    private BucketedInstance OpenInstance(int position)
    {
        int device = _plan.DeviceIds[position], crop = _model.Manifest.Preprocessing.Crop;
        var input = new StagedTensor(checked(_batchSizes.Largest * 3 * crop * crop), _plan.OnGpu ? device : null);
        try
        {
            var output = new StagedTensor(checked(_batchSizes.Largest * _model.Manifest.Classes), _plan.OnGpu ? device : null);
            return new BucketedInstance(_batchSizes, position, input, output, () => OpenNative(device, input, output));
        }
        catch
        {
            // Where the instance owns it, it is disposed already; disposing it twice is harmless.
            ((IDisposable)input).Dispose();
            throw;
        }
    }

    private BucketRuns OpenNative(int device, StagedTensor input, StagedTensor output)
    {
        if (_plan.OnGpu) CudaRuntime.AllowDuringCapture();
        var opened = new Stack<IDisposable>();
        try
        {
            var runs = new Action?[_batchSizes.Largest + 1];
            InferenceSession? shared = _oneSessionPerSize ? null : Push(opened, Open(device, null));
            for (int i = 0; i < _batchSizes.Sizes.Count; i++)
            {
                int size = _batchSizes.Sizes[i];
                InferenceSession session = shared ?? Push(opened, Open(device, size));
                RunOptions settings = Push(opened, new RunOptions());
                // Numbers from 1: 0 is reserved. ONNX Runtime does not compare a graph's number with its shape, so each size keeps its own.
                if (shared is not null) settings.AddRunConfigEntry("gpu_graph_id", (i + 1).ToString(CultureInfo.InvariantCulture));
                OrtIoBinding binding = Bind(opened, session, size, input, output);
                runs[size] = () => session.RunWithBinding(settings, binding);
            }

            return new BucketRuns(size => Run(runs[size]!), () => Close(opened));
        }
        catch (Exception failure)
        {
            Close(opened);
            if (failure is OnnxRuntimeException native && DeviceMemoryException.Explains(native))
                throw new DeviceMemoryException(failure.Message, failure);
            throw;
        }
    }

    private InferenceSession Open(int device, int? size)
    {
        using SessionOptions settings = SessionSettings.Create(_plan, device);
        if (size is { } batch) settings.AddFreeDimensionOverrideByName("batch", batch);
        return new InferenceSession(_model.ModelPath, settings);
    }

    private OrtIoBinding Bind(Stack<IDisposable> opened, InferenceSession session, int size, StagedTensor input, StagedTensor output)
    {
        int crop = _model.Manifest.Preprocessing.Crop;
        NetworkContract names = NetworkContract.Of(session, _model, _oneSessionPerSize ? size : null);
        OrtIoBinding binding = Push(opened, session.CreateIoBinding());
        binding.BindInput(names.InputName, Push(opened, input.View(size, 3, crop, crop)));
        binding.BindOutput(names.OutputName, Push(opened, output.View(size, _model.Manifest.Classes)));
        return binding;
    }

    private static void Run(Action run)
    {
        try
        {
            run();
        }
        catch (OnnxRuntimeException failure) when (DeviceMemoryException.Explains(failure))
        {
            throw new DeviceMemoryException(failure.Message, failure);
        }
    }

    private static T Push<T>(Stack<IDisposable> opened, T item)
        where T : IDisposable
    {
        opened.Push(item);
        return item;
    }

    /// <summary>Last opened, first closed: bindings end before their sessions.</summary>
    private static void Close(Stack<IDisposable> opened)
    {
        while (opened.TryPop(out IDisposable? item)) item.Dispose();
    }
}
