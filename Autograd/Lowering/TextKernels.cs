using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>
/// Operations on texts. What moves or compares elements works on numbers that stand for the texts, the same number for the same text: the operation's own kernel runs on those, and the
/// result says which texts belong where. The schema has refused operators that need more.
/// </summary>
internal static class TextKernels
{
    /// <summary>The kernel of an operation that reads or writes texts; null where its own kernel does: a body sees the texts themselves, and so does what looks into them.</summary>
    /// <param name="operation">The operation.</param>
    public static Kernel? For(Operation operation) => operation switch
    {
        IHasBodies or IReadsTexts => null,
        Cast => Kernel.Of(arguments => TextConversion.Run(arguments.Inputs[0], arguments.Outputs[0])),
        _ => Kernel.Of(arguments => Run(operation, arguments)),
    };

    private static void Run(Operation operation, KernelArguments arguments)
    {
        var texts = new List<string>();
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);

        // The number 0 is the empty text, as the element that is no element is among texts.
        NumberOf(string.Empty);
        Value[] inputs = [.. arguments.Inputs.ToArray().Select(value => value is { DType: DType.String } ? Numbered(value) : value)];
        Value[] outputs = [.. arguments.Outputs.ToArray().Select(value => value is { DType: DType.String } ? Value.Zeros(DType.Int64, value.Sizes) : value)];
        KernelChoice.Run(operation, inputs, outputs, arguments.Workers);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (arguments.Outputs[i] is { DType: DType.String } result)
            {
                for (int k = 0; k < result.Count; k++)
                    result.Texts[k] = texts[(int)outputs[i].Span<long>()[k]];
            }
        }

        Value Numbered(Value value)
        {
            Value result = Value.Zeros(DType.Int64, value.Sizes);
            for (int k = 0; k < value.Count; k++)
                result.Span<long>()[k] = NumberOf(value.Texts[k]);
            return result;
        }

        long NumberOf(string text)
        {
            if (!numbers.TryGetValue(text, out long number))
            {
                numbers.Add(text, number = texts.Count);
                texts.Add(text);
            }

            return number;
        }
    }
}
