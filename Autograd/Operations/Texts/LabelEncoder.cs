using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Texts;

/// <summary>For each text the number of the key that it is, int64 (<c>LabelEncoder</c> of <c>ai.onnx.ml</c>, from version 2 on): the texts of a category as an embedding reads them.</summary>
/// <param name="Keys">The texts, each once, at least one; case counts.</param>
/// <param name="Numbers">The number of each.</param>
/// <param name="Otherwise">The number of a text that is no key; −1 by default.</param>
public sealed record LabelEncoder(AttributeList<string> Keys, AttributeList<long> Numbers, long Otherwise = -1) : Operation, IReadsTexts, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new LabelEncoder(["a", "é", ""], [0, 1, 7]), ExampleInput.Of("é", "b", "a", "")) { Smoothness = 0 },
        new(new LabelEncoder(["a"], [1], 0), ExampleInput.Of("A", "a") with { Shape = [2, 1] }) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        if (inputs[0].DType != DType.String)
            throw new DTypeException($"{Name} expects texts, found {inputs[0]}.");
        if (Keys.Count == 0 || Keys.Count != Numbers.Count || Keys.Distinct(StringComparer.Ordinal).Count() != Keys.Count)
            throw new GraphException($"{Name} expects distinct keys, at least one, with a number each, found {Keys.Count} keys and {Numbers.Count} numbers.");
        return [inputs[0] with { DType = DType.Int64 }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        var numberOf = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < Keys.Count; i++)
            numberOf.Add(Keys[i], Numbers[i]);
        return Kernel.Of(arguments =>
        {
            Span<long> numbers = arguments.Outputs[0].Span<long>();
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = numberOf.TryGetValue(arguments.Inputs[0].Texts[i], out long number) ? number : Otherwise;
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Domain = OnnxForm.Features,
        Attributes =
        [
            new OnnxAttribute("keys_strings", (IReadOnlyList<string>)[.. Keys]),
            new OnnxAttribute("values_int64s", (IReadOnlyList<long>)[.. Numbers]),
            new OnnxAttribute("default_int64", Otherwise),
        ],
    };
}
