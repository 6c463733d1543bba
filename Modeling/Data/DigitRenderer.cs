namespace Toolkit.Modeling.Data;

/// <summary>
/// Draws one handwritten digit: picks a form, moves its points, passes a smooth curve through them, turns it by a random affine map
/// and inks every pixel by its distance from the curve. Only additions, multiplications, divisions and square roots take part, so
/// the pixels are the same everywhere.
/// </summary>
internal sealed class DigitRenderer
{
    /// <summary>The width and height of a picture.</summary>
    public const int Size = 28;

    private const int StepsPerSpan = 5;
    private const float BoxPixels = 20f;
    private const float Jitter = 4.2f;

    private readonly float[] pointX = new float[32];
    private readonly float[] pointY = new float[32];

    // Per pixel, how far it is outside (positive) or inside (negative) the edge of the ink.
    private readonly float[] edgeDistance = new float[Size * Size];

    /// <summary>Draws a digit into a picture, 0 for paper to 1 for ink.</summary>
    public void Draw(int digit, RandomSource random, Span<float> picture)
    {
        var forms = DigitStrokes.Of(digit);
        ReadOnlySpan<PenPoint> points = forms[random.NextInt32(forms.Length)].AsSpan();
        Place(points, random);

        float radius = (float)random.NextUniform(0.65, 1.75);
        float pressure = (float)random.NextUniform(-0.35, 0.35);
        Array.Fill(edgeDistance, float.MaxValue);
        int first = 0;
        for (int i = 0; i < points.Length; i++)
        {
            if (!points[i].Lift && !points[i].Corner)
                continue;
            Curve(first, i, points.Length, radius, pressure);
            first = points[i].Lift ? i + 1 : i;
        }

        Ink(random, picture);
    }

    /// <summary>Moves the points of a form and maps them to pixels.</summary>
    private void Place(ReadOnlySpan<PenPoint> points, RandomSource random)
    {
        // ±15° in turns, as for all angles here.
        (double sin, double cos) = PortableMath.SinCosTurns(1.0 + random.NextUniform(-15.0 / 360.0, 15.0 / 360.0));
        double shear = random.NextUniform(-0.35, 0.35);
        double width = random.NextUniform(0.62, 1.12);
        double height = random.NextUniform(0.78, 1.12);
        double left = random.NextUniform(-2.2, 2.2);
        double top = random.NextUniform(-2.0, 2.0);
        double jitter = Jitter * random.NextUniform(0.4, 1.3);
        double scale = BoxPixels / 100.0;
        for (int i = 0; i < points.Length; i++)
        {
            double x = (points[i].X - 50.0 + (jitter * random.NextNormal())) * scale * width;
            double y = (points[i].Y - 50.0 + (jitter * random.NextNormal())) * scale * height;
            x -= shear * y;
            pointX[i] = (float)((cos * x) - (sin * y) + left + ((Size - 1) / 2.0));
            pointY[i] = (float)((sin * x) + (cos * y) + top + ((Size - 1) / 2.0));
        }
    }

    /// <summary>Draws the Catmull–Rom curve through the points first … last. Source: Catmull, Rom, "A class of local interpolating
    /// splines", 1974.</summary>
    private void Curve(int first, int last, int count, float radius, float pressure)
    {
        if (first == last)
            return;
        float fromX = pointX[first], fromY = pointY[first];
        for (int i = first; i < last; i++)
        {
            int before = Math.Max(i - 1, first), after = Math.Min(i + 2, last);
            for (int step = 1; step <= StepsPerSpan; step++)
            {
                float t = (float)step / StepsPerSpan;
                float toX = Spline(pointX[before], pointX[i], pointX[i + 1], pointX[after], t);
                float toY = Spline(pointY[before], pointY[i], pointY[i + 1], pointY[after], t);
                Segment(fromX, fromY, toX, toY, radius * (1f + (pressure * (((2f * (i + t)) / count) - 1f))));
                fromX = toX;
                fromY = toY;
            }
        }
    }

    private static float Spline(float before, float from, float to, float after, float t)
    {
        float slopeFrom = 0.5f * (to - before), slopeTo = 0.5f * (after - from);
        float difference = to - from;
        float square = (3f * difference) - (2f * slopeFrom) - slopeTo;
        float cube = slopeFrom + slopeTo - (2f * difference);
        return from + (t * (slopeFrom + (t * (square + (t * cube)))));
    }

    /// <summary>Lowers the distance of every pixel near a straight piece of the curve.</summary>
    private void Segment(float x0, float y0, float x1, float y1, float radius)
    {
        float reach = radius + 1.5f;
        int left = Math.Max(0, (int)(MathF.Min(x0, x1) - reach)), right = Math.Min(Size - 1, (int)(MathF.Max(x0, x1) + reach + 1f));
        int top = Math.Max(0, (int)(MathF.Min(y0, y1) - reach)), bottom = Math.Min(Size - 1, (int)(MathF.Max(y0, y1) + reach + 1f));
        float dx = x1 - x0, dy = y1 - y0;
        float length = (dx * dx) + (dy * dy);
        float inverse = length > 1e-12f ? 1f / length : 0f;
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                float px = x - x0, py = y - y0;
                float t = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0f, 1f);
                px -= t * dx;
                py -= t * dy;
                float outside = MathF.Sqrt((px * px) + (py * py)) - radius;
                ref float nearest = ref edgeDistance[(y * Size) + x];
                nearest = MathF.Min(nearest, outside);
            }
        }
    }

    /// <summary>Turns distances into ink: full inside, fading over a soft edge, with the grain of paper where there is ink.</summary>
    private void Ink(RandomSource random, Span<float> picture)
    {
        float edge = (float)random.NextUniform(0.9, 2.0);
        float full = (float)random.NextUniform(0.75, 1.0);
        float grain = (float)random.NextUniform(0.0, 0.25);
        for (int i = 0; i < edgeDistance.Length; i++)
        {
            float ink = Math.Clamp(0.5f - (edgeDistance[i] / edge), 0f, 1f);
            picture[i] = ink == 0f ? 0f : Math.Clamp(ink * (full + (grain * (random.NextSingle() - 0.5f))), 0f, 1f);
        }
    }
}
