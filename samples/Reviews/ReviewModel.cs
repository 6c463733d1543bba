using Toolkit.Autograd.Graph;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.Reviews;

/// <summary>Reads "text" word by word, from both ends, and gives "verdict". Padding changes no number.</summary>
internal sealed class ReviewModel(RandomSource random) : Model
{
    private readonly Embedding words = new(HashedWords.Buckets, 16, random);
    private readonly Gru reader = new(16, 24, random) { Bidirectional = true, LastOnly = true, InputDropout = 0.1 };
    private readonly Dense verdict = new(48, 2, random);

    public override IReadOnlyList<Model> Children => [words, reader, verdict];

    protected override Named Build(Named inputs, ForwardContext context) =>
        new(("verdict", verdict.Forward(reader.Forward(words.Forward(inputs["text"], context), context), context)));
}
