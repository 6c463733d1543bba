using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>A transformer that has learned from text, the mean of what it says of the words, and a new head that gives "subject".</summary>
internal sealed class SentenceModel(Signature body, int features, RandomSource random) : Model
{
    /// <summary>The value of the file that has a vector for each word.</summary>
    public const string Words = "last_hidden_state";

    private readonly ComputationModel reader = new(body);
    private readonly Dense subject = new(features, Sentences.Subjects, random);

    public override IReadOnlyList<Model> Children => [reader, subject];

    protected override Named Build(Named inputs, ForwardContext context)
    {
        Variable words = reader.Forward(inputs, context)[Words];
        Variable there = Ops.Cast(inputs["attention_mask"], DType.Float32);
        Variable sum = Ops.Sum(words * Ops.Reshape(there, [there.Shape[0], there.Shape[1], 1]), [1]);
        return new Named(("subject", subject.Forward(sum / Ops.Sum(there, [1], keepDims: true), context)));
    }
}
