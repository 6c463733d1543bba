using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Conformance;

/// <summary>ONNX Runtime by its .NET interface, with its default options on one thread.</summary>
internal sealed class RuntimeEngine : IEngine
{
    public ILoadedModel Load(SuiteCase model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        return new Loaded(new InferenceSession(model.ModelFile, options));
    }

    private sealed class Loaded(InferenceSession session) : ILoadedModel
    {
        public IReadOnlyDictionary<string, Datum> Run(IReadOnlyDictionary<string, Datum> inputs)
        {
            var values = new List<OrtValue>();
            try
            {
                foreach (Datum datum in inputs.Values)
                    values.Add(Of(datum));
                using var options = new RunOptions();
                using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [.. inputs.Keys], values, [.. session.OutputMetadata.Keys]);
                return session.OutputMetadata.Keys.Zip(results).ToDictionary(pair => pair.First, pair => Of(pair.Second), StringComparer.Ordinal);
            }
            finally
            {
                values.ForEach(value => value.Dispose());
            }
        }

        public void Dispose() => session.Dispose();
    }

    private static OrtValue Of(Datum datum) => datum switch
    {
        Datum.Tensor { Value: var value } => Of(value),
        Datum.Sequence { Items.Count: > 0 } sequence => OrtValue.CreateSequence([.. sequence.Items.Select(Of)]),
        _ => throw new NotExpressibleException("an empty sequence or optional"),
    };

    private static OrtValue Of(Value value)
    {
        long[] shape = [.. value.Sizes.ToArray().Select(size => (long)size)];
        if (value.DType == DType.String)
        {
            OrtValue texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
            for (int i = 0; i < value.Count; i++)
                texts.StringTensorSetElementAt(value.Texts[i].AsSpan(), i);
            return texts;
        }

        if (ElementType.Of(value.DType).Bits < 8)
            throw new NotExpressibleException($"a tensor of {value.DType}");
        var tensor = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)ElementType.Of(value.DType).Code, shape);
        if (value.Count > 0)
            value.Bytes.CopyTo(tensor.GetTensorMutableRawData());
        return tensor;
    }

    private static Datum Of(OrtValue value)
    {
        if (value.OnnxType == OnnxValueType.ONNX_TYPE_SEQUENCE)
        {
            var items = new List<Datum>();
            for (int i = 0; i < value.GetValueCount(); i++)
            {
                using OrtValue item = value.GetValue(i, OrtAllocator.DefaultInstance);
                items.Add(Of(item));
            }

            return new Datum.Sequence(items);
        }

        if (value.OnnxType != OnnxValueType.ONNX_TYPE_TENSOR)
            return new Datum.Nothing();
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        DType type = ElementType.OfCode((long)info.ElementDataType)?.Type ?? throw new NotExpressibleException($"a tensor of {info.ElementDataType}");
        var tensor = Value.Zeros(type, [.. info.Shape.Select(size => (int)size)]);
        if (type == DType.String)
            value.GetStringTensorAsArray().CopyTo(tensor.Texts);
        else if (tensor.Count > 0)
            value.GetTensorMutableRawData().CopyTo(tensor.Bytes);
        return new Datum.Tensor(tensor);
    }
}
