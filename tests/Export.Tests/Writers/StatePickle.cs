namespace Export.Tests.Writers;

/// <summary>The pickle of a state dictionary, legacy (six-element storage ids) or zip (five).</summary>
internal static class StatePickle
{
    public static byte[] Write(IReadOnlyList<SavedTensor> tensors, bool legacy, string? wrapper = null)
    {
        PickleWriter pickle = new();
        if (wrapper is not null)
        {
            pickle.Op('}').Put().Op('(').NewText("epoch").Put().Integer(90).NewText("best_acc1").Put().Op('G').Raw(new byte[8]);
            pickle.NewText(wrapper).Put();
        }

        Dictionary(pickle, tensors, legacy);
        if (wrapper is not null) pickle.Op('u');
        return pickle.Stop();
    }

    private static void Dictionary(PickleWriter pickle, IReadOnlyList<SavedTensor> tensors, bool legacy)
    {
        pickle.EmptyOrderedDict().Op('(');
        foreach (SavedTensor tensor in tensors)
        {
            pickle.NewText(tensor.Name).Put();
            Tensor(pickle, tensor, legacy);
        }

        pickle.Op('u');
    }

    private static void Tensor(PickleWriter pickle, SavedTensor tensor, bool legacy)
    {
        pickle.Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        pickle.Op('(').SharedText("storage").Global("torch", tensor.StorageClass).NewText(tensor.Key).Put().SharedText("cpu")
            .Integer(tensor.StorageCount);
        if (legacy) pickle.Op('N');
        pickle.Op('t').Put().Op('Q').Integer(tensor.Offset).Tuple(tensor.Size).Tuple(tensor.Strides).Raw(0x89);
        pickle.EmptyOrderedDict().Op('t').Put().Op('R').Put();
    }
}
