using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.Conformance;

/// <summary>Reads the files of a data set, whose form the type of the graph's input or output tells.</summary>
internal static class TestData
{
    /// <param name="path">The file.</param>
    /// <param name="type">The type in the graph.</param>
    /// <exception cref="NotExpressibleException">The file holds something that the tool does not read.</exception>
    public static Datum Read(string path, TypeProto type)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return type.ValueCase switch
        {
            TypeProto.ValueOneofCase.TensorType => Of(TensorProto.Parser.ParseFrom(bytes)),
            TypeProto.ValueOneofCase.SequenceType => Of(SequenceProto.Parser.ParseFrom(bytes)),
            TypeProto.ValueOneofCase.OptionalType => Of(OptionalProto.Parser.ParseFrom(bytes)),
            var other => throw new NotExpressibleException($"a {other} in {Path.GetFileName(path)}"),
        };
    }

    private static Datum Of(TensorProto tensor)
    {
        try
        {
            return new Datum.Tensor(TensorConversion.ToValue(tensor));
        }
        catch (ToolkitException e)
        {
            throw new NotExpressibleException(e.Message);
        }
    }

    private static Datum.Sequence Of(SequenceProto sequence) => (SequenceProto.Types.DataType)sequence.ElemType switch
    {
        SequenceProto.Types.DataType.Undefined => new([]),
        SequenceProto.Types.DataType.Tensor => new([.. sequence.TensorValues.Select(Of)]),
        SequenceProto.Types.DataType.Sequence => new([.. sequence.SequenceValues.Select(Of)]),
        SequenceProto.Types.DataType.Optional => new([.. sequence.OptionalValues.Select(Of)]),
        var other => throw new NotExpressibleException($"a sequence of {other}"),
    };

    private static Datum Of(OptionalProto optional) => (OptionalProto.Types.DataType)optional.ElemType switch
    {
        OptionalProto.Types.DataType.Undefined => new Datum.Nothing(),
        OptionalProto.Types.DataType.Tensor => optional.TensorValue is { } tensor ? Of(tensor) : new Datum.Nothing(),
        OptionalProto.Types.DataType.Sequence => optional.SequenceValue is { } sequence ? Of(sequence) : new Datum.Nothing(),
        OptionalProto.Types.DataType.Optional => optional.OptionalValue is { } inner ? Of(inner) : new Datum.Nothing(),
        var other => throw new NotExpressibleException($"an optional {other}"),
    };
}

/// <summary>A case has something that an engine, or the tool, cannot express.</summary>
/// <param name="what">What it is.</param>
internal sealed class NotExpressibleException(string what) : Exception($"not expressible: {what}");
