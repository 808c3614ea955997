"""The reviews of one centre over HTTP."""

from services.centres.designation.centres.routes import CENTRE_API
from services.centres.designation.reviews import operations, queries
from services.centres.designation.reviews.schemas import Review, ReviewBody, present, written_in
from shared.web.records.parts import About, PartApi, PartOperations, Texts, part_routes

router = part_routes(
    PartApi(
        CENTRE_API,
        operations.REVIEWS,
        name="CentreReview",
        path="reviews",
        key="review_id",
        body=ReviewBody,
        response_model=Review,
        present=present,
        written=written_in,
        operations=PartOperations(
            of_whole=queries.of_centre,
            get=queries.get,
            create=operations.create,
            lock=operations.lock,
            update=operations.update,
        ),
        texts=Texts(
            list=About(
                "List a centre's reviews",
                "The first one first. Reviewers read their own until the review ends, and then the others"
                " without names.",
            ),
            get=About("Read a review", "One of the reviews that the list has."),
            create=About("Enter a review", "By the reviewer, while the centre is under review; each reviewer once."),
            update=About("Change a review", "A merge patch by the reviewer, while the centre is under review."),
        ),
    )
)
